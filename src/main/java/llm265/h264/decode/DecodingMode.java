package llm265.h264.decode;

/**
 * What a decoder makes of pictures that it cannot decode.
 *
 * @param intraOnly whether pictures with other slices than I slices are left out, and told of by {@link PictureReceiver#leftOut};
 *     else such a slice is an {@link llm265.h264.UnsupportedStreamException}
 * @param keepGoing whether a fault ends the picture or NAL unit that it is in, and is told of by {@link PictureReceiver#damaged};
 *     else it ends the stream, thrown as an exception. Nothing is concealed either way: a picture comes out whole or not at all
 */
public record DecodingMode(boolean intraOnly, boolean keepGoing) {
  /** Every picture must be decoded. */
  public static final DecodingMode STRICT = new DecodingMode(false, false);

  /** The I pictures of a stream that has others too. */
  public static final DecodingMode INTRA_ONLY = new DecodingMode(true, false);

  /** The pictures of a damaged stream that are whole. */
  public static final DecodingMode KEEP_GOING = new DecodingMode(false, true);
}
