package llm265.h264.decode;

/**
 * What a decoder does with pictures that it cannot decode.
 *
 * @param intraOnly whether pictures with slices other than I slices are left out and reported to {@link
 *     PictureReceiver#leftOut}; otherwise such a slice is an {@link llm265.h264.UnsupportedStreamException}
 * @param keepGoing whether a fault ends only its picture or NAL unit and is reported to {@link PictureReceiver#damaged};
 *     otherwise it ends the stream, as an exception. Nothing is concealed either way: a picture is delivered whole or not at
 *     all
 */
public record DecodingMode(boolean intraOnly, boolean keepGoing) {
  /** Every picture must be decoded. */
  public static final DecodingMode STRICT = new DecodingMode(false, false);

  /** The I pictures of a stream that also has others. */
  public static final DecodingMode INTRA_ONLY = new DecodingMode(true, false);

  /** The whole pictures of a damaged stream. */
  public static final DecodingMode KEEP_GOING = new DecodingMode(false, true);
}
