package llm265.h264.decode;

import llm265.h264.StreamException;

/** Takes what comes of the pictures of a stream. */
@FunctionalInterface
public interface PictureReceiver {
  /** A picture, decoded; they come in output order. */
  void picture(DecodedPicture picture);

  /** A picture that is not decoded, as {@link DecodingMode#intraOnly} has it; they come in decoding order. */
  default void leftOut(LeftOutPicture picture) {}

  /**
   * A fault behind which decoding goes on, as {@link DecodingMode#keepGoing} has it; they come in decoding order, one for each picture.
   *
   * @param index number of the picture that is not decoded because of it; -1 if it is in no picture that is known, but in a parameter
   *     set, a message, or a slice header that cannot be read
   */
  default void damaged(int index, StreamException fault) {}
}
