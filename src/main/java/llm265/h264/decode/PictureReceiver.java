package llm265.h264.decode;

/** Takes what comes of the pictures of a stream. */
@FunctionalInterface
public interface PictureReceiver {
  /** A picture, decoded; they come in output order. */
  void picture(DecodedPicture picture);

  /** A picture that is not decoded, as {@link DecodingMode#intraOnly} has it; they come in decoding order. */
  default void leftOut(LeftOutPicture picture) {}
}
