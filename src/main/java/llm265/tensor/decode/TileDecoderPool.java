package llm265.tensor.decode;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import llm265.h264.DecoderLimits;

/** Decoders that wait for work: streams that share a pool need no more of them than threads decode at once. Thread-safe. */
public final class TileDecoderPool {
  private final DecoderLimits limits;
  private final Queue<TileDecoder> idle = new ConcurrentLinkedQueue<>();

  public TileDecoderPool(DecoderLimits limits) {
    this.limits = limits;
  }

  DecoderLimits limits() {
    return limits;
  }

  TileDecoder take() {
    TileDecoder decoder = idle.poll();
    return decoder != null ? decoder : new TileDecoder(limits);
  }

  /** Takes back a decoder that has not failed. */
  void giveBack(TileDecoder decoder) {
    idle.add(decoder);
  }
}
