package llm265.h264.decode;

import llm265.h264.StreamException;

/** Receives the pictures of a stream and reports about them. */
@FunctionalInterface
public interface PictureReceiver {
  /** A decoded picture; pictures come in output order. */
  void picture(DecodedPicture picture);

  /**
   * Whether pictures are used after the next one has come, or after the decoder has been called again. If not, the memory of
   * two or three pictures is reused; otherwise every picture has its own.
   */
  default boolean keepsPictures() {
    return true;
  }

  /** A receiver that passes everything to another one, and does not keep pictures. */
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

  /** A picture that {@link DecodingMode#intraOnly} leaves out; they come in decoding order. */
  default void leftOut(LeftOutPicture picture) {}

  /**
   * A fault after which {@link DecodingMode#keepGoing} goes on; faults come in decoding order, one for each picture.
   *
   * @param index number of the picture that is not decoded because of it; -1 if it belongs to no known picture but to a slice
   *     header that cannot be read
   */
  default void damaged(int index, StreamException fault) {}

  /**
   * A fault that costs no sample of any picture, in every {@link DecodingMode}: in a NAL unit that is no slice, in a parameter
   * set, or in the file around the stream. A slice that refers to that parameter set is a fault of its own. These faults come
   * as they are found, at the latest at the end of the stream.
   */
  default void noted(StreamException fault) {}
}
