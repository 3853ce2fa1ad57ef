package llm265.h264.decode;

/**
 * What a decoder makes of pictures that it cannot decode.
 *
 * @param intraOnly whether pictures with other slices than I slices are left out, and told of by {@link PictureReceiver#leftOut}; else
 *     such a slice is an {@link llm265.h264.UnsupportedStreamException}
 */
public record DecodingMode(boolean intraOnly) {
  /** Every picture must be decoded. */
  public static final DecodingMode STRICT = new DecodingMode(false);

  /** The I pictures of a stream that has others too. */
  public static final DecodingMode INTRA_ONLY = new DecodingMode(true);
}
