package llm265.runtime.exchange;

import llm265.runtime.message.CodecState;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** EF21: sends how far values are from what was known of them, h += C(v - h), and what is received is h. */
final class DifferenceCompressor implements Compressor {
  private final Compressor compressor;
  private final float[] known;

  DifferenceCompressor(Compressor compressor, int values) {
    this.compressor = compressor;
    known = new float[values];
  }

  @Override
  public double send(float[] values) {
    for (int i = 0; i < known.length; i++) {
      values[i] -= known[i];
    }
    double bits = compressor.send(values);
    for (int i = 0; i < known.length; i++) {
      known[i] += values[i];
      values[i] = known[i];
    }
    return bits;
  }

  @Override
  public void write(PayloadWriter out) {
    CodecState.write(known, out);
    compressor.write(out);
  }

  @Override
  public void read(PayloadReader in) {
    CodecState.read(known, in);
    compressor.read(in);
  }
}
