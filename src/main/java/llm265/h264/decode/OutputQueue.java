package llm265.h264.decode;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * C.4.5.3 "Bumping" process for the pictures that are decoded: brings them from decoding order to output order. A picture
 * waits until as many pictures wait as may precede it in decoding order and follow it in output order.
 */
final class OutputQueue {
  private record Waiting(DecodedPicture picture, OutputOrder order) {}

  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparing(Waiting::order).thenComparing(entry -> entry.picture().index()));
  private final Consumer<DecodedPicture> sink;

  OutputQueue(Consumer<DecodedPicture> sink) {
    this.sink = sink;
  }

  /** Adds the next picture in decoding order, and delivers those that need not wait any longer. */
  void add(DecodedPicture picture, OutputOrder order) {
    if (!waiting.isEmpty() && waiting.peek().order().sequence() != order.sequence()) {
      flush();
    }
    waiting.add(new Waiting(picture, order));
    while (waiting.size() > picture.sps().maxNumReorderFrames()) {
      sink.accept(waiting.remove().picture());
    }
  }

  /** Delivers the waiting pictures: no picture follows that could come before them. */
  void flush() {
    while (!waiting.isEmpty()) {
      sink.accept(waiting.remove().picture());
    }
  }
}
