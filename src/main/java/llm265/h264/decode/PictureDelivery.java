package llm265.h264.decode;

import java.util.function.Supplier;
import llm265.h264.StreamException;
import llm265.h264.StreamPosition;

/** Delivers pictures, which come in decoding order, to a receiver. */
final class PictureDelivery {
  private final DecodingMode mode;
  private final PictureReceiver receiver;
  private final OutputQueue queue;
  /** Whether the receiver has thrown an exception; it must not be called again. */
  private boolean refused;

  PictureDelivery(DecodingMode mode, PictureReceiver receiver, DecodingMemory memory) {
    this.mode = mode;
    this.receiver = receiver;
    queue = new OutputQueue(picture -> {
      call(() -> receiver.picture(picture));
      if (!receiver.keepsPictures()) {
        memory.lend(picture.picture());
      }
    });
  }

  /**
   * Takes the next picture.
   *
   * @param result decodes it, or waits until it is decoded
   * @throws StreamException if it cannot be decoded, and decoding must not go on
   */
  void picture(CodedPicture coded, Supplier<DecodedPicture> result) {
    StreamException lostSlice = coded.faults().lostSlice();
    DecodedPicture decoded;
    try {
      decoded = result.get();
    } catch (StreamException e) {
      StreamException fault = e.position().equals(StreamPosition.UNKNOWN)
          ? e.at(coded.slices().getFirst().nalUnit().position()) : e;
      StreamException known = coded.faults().first();
      damaged(coded.index(), known == null ? fault : known);
      return;
    }
    queue.add(decoded, coded.order());
    if (lostSlice != null) {
      damaged(-1, lostSlice);
    }
  }

  void leftOut(LeftOutPicture picture) {
    call(() -> receiver.leftOut(picture));
  }

  /**
   * Takes a fault.
   *
   * @param index see {@link PictureReceiver#damaged}
   * @throws StreamException the fault, if decoding must not go on
   */
  void damaged(int index, StreamException fault) {
    if (refused || !mode.keepGoing()) {
      throw fault;
    }
    call(() -> receiver.damaged(index, fault));
  }

  /** Takes a fault that costs no picture anything. */
  void noted(StreamException fault) {
    if (!refused) {
      call(() -> receiver.noted(fault));
    }
  }

  private void call(Runnable receiving) {
    refused = true;
    receiving.run();
    refused = false;
  }

  boolean refused() {
    return refused;
  }

  /** No picture follows, or none that is to be delivered. */
  void end() {
    if (!refused) {
      queue.flush();
    }
  }
}
