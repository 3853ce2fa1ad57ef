package llm265.runtime.exchange;

import llm265.runtime.message.HeldRateCoder;
import llm265.runtime.message.Segments;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** Sends the values of all tensors in one message at a held rate; each tensor has a scale, so none is starved by another. */
final class CodecCompressor implements Compressor {
  private final HeldRateCoder coder;

  CodecCompressor(Segments tensors, double bitsPerValue) {
    coder = new HeldRateCoder(tensors, HeldRateCoder.Settings.of(bitsPerValue).withScales());
  }

  @Override
  public double send(float[] values) {
    return 8.0 * coder.encode(values, 0, values, 0).length;
  }

  @Override
  public void write(PayloadWriter out) {
    coder.writeState(out);
  }

  @Override
  public void read(PayloadReader in) {
    coder.readState(in);
  }
}
