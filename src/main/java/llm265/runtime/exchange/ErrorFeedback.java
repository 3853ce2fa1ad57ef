package llm265.runtime.exchange;

import llm265.runtime.message.CodecState;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** Adds to what is sent what was not sent before: e += v, c = C(e), e -= c. So the sum of all c follows the sum of all v. */
final class ErrorFeedback implements Compressor {
  private final Compressor compressor;
  private final float[] error;

  ErrorFeedback(Compressor compressor, int values) {
    this.compressor = compressor;
    error = new float[values];
  }

  @Override
  public double send(float[] values) {
    for (int i = 0; i < error.length; i++) {
      error[i] += values[i];
      values[i] = error[i];
    }
    double bits = compressor.send(values);
    for (int i = 0; i < error.length; i++) {
      error[i] -= values[i];
    }
    return bits;
  }

  @Override
  public void write(PayloadWriter out) {
    CodecState.write(error, out);
    compressor.write(out);
  }

  @Override
  public void read(PayloadReader in) {
    CodecState.read(error, in);
    compressor.read(in);
  }
}
