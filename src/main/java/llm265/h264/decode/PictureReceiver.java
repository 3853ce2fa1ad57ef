package llm265.h264.decode;

import llm265.h264.StreamException;

/** Takes what comes of the pictures of a stream. */
@FunctionalInterface
public interface PictureReceiver {
  /** A picture, decoded; they come in output order. */
  void picture(DecodedPicture picture);

  /**
   * Whether pictures are looked at after the next one has come, or after the decoder has been called again. Where they are not,
   * memory for two or three of them is used again and again; else every one has its own.
   */
  default boolean keepsPictures() {
    return true;
  }

  /** A receiver that does what another one does, and does not keep pictures. */
  static PictureReceiver passing(PictureReceiver receiver) {
    return new PictureReceiver() {
      @Override
      public void picture(DecodedPicture picture) {
        receiver.picture(picture);
      }

      @Override
      public boolean keepsPictures() {
        return false;
      }

      @Override
      public void leftOut(LeftOutPicture picture) {
        receiver.leftOut(picture);
      }

      @Override
      public void damaged(int index, StreamException fault) {
        receiver.damaged(index, fault);
      }

      @Override
      public void noted(StreamException fault) {
        receiver.noted(fault);
      }
    };
  }

  /** A picture that is not decoded, as {@link DecodingMode#intraOnly} has it; they come in decoding order. */
  default void leftOut(LeftOutPicture picture) {}

  /**
   * A fault behind which decoding goes on, as {@link DecodingMode#keepGoing} has it; they come in decoding order, one for each
   * picture.
   *
   * @param index number of the picture that is not decoded because of it; -1 if it is in no picture that is known, but in a slice
   *     header that cannot be read
   */
  default void damaged(int index, StreamException fault) {}

  /**
   * A fault that takes no sample from any picture, whatever the {@link DecodingMode}: in a NAL unit that is no slice, in a
   * parameter set, or in what a file has around the stream. A slice that refers to that parameter set is a fault of its own. They
   * come as they are found, at the latest at the end of the stream.
   */
  default void noted(StreamException fault) {}
}
