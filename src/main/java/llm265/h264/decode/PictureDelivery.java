package llm265.h264.decode;

/** Between the decoding of pictures, in decoding order, and a receiver. */
final class PictureDelivery {
  private final PictureReceiver receiver;
  private final OutputQueue queue = new OutputQueue(this::give);
  /** Whether the receiver has thrown: it must not be called again. */
  private boolean refused;

  PictureDelivery(PictureReceiver receiver) {
    this.receiver = receiver;
  }

  void decoded(DecodedPicture picture, OutputOrder order) {
    queue.add(picture, order);
  }

  void leftOut(LeftOutPicture picture) {
    refused = true;
    receiver.leftOut(picture);
    refused = false;
  }

  private void give(DecodedPicture picture) {
    refused = true;
    receiver.picture(picture);
    refused = false;
  }

  /** No picture follows, or none that is delivered. */
  void end() {
    if (!refused) {
      queue.flush();
    }
  }
}
