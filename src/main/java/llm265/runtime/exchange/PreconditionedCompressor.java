package llm265.runtime.exchange;

import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** Sends values over scales that both sides know. */
final class PreconditionedCompressor implements Compressor {
  private final Compressor compressor;
  private final Preconditioner preconditioner;

  PreconditionedCompressor(Compressor compressor, Preconditioner preconditioner) {
    this.compressor = compressor;
    this.preconditioner = preconditioner;
  }

  @Override
  public double send(float[] values) {
    preconditioner.divide(values);
    double bits = compressor.send(values);
    preconditioner.multiply(values);
    return bits;
  }

  @Override
  public void write(PayloadWriter out) {
    compressor.write(out);
  }

  @Override
  public void read(PayloadReader in) {
    compressor.read(in);
  }
}
