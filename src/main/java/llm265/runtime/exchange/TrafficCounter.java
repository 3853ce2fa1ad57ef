package llm265.runtime.exchange;

import llm265.runtime.message.CodecState;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** Adds up traffic. */
final class TrafficCounter {
  private double up;
  private double down;
  private double values;

  /** @param bits from each worker, their mean */
  void up(double bits) {
    up += bits;
  }

  /** @param bits to each worker */
  void down(double bits) {
    down += bits;
  }

  /** Counts the values of a worker's gradient, once a step. */
  void step(int gradientValues) {
    values += gradientValues;
  }

  Traffic traffic() {
    return new Traffic(up, down, values);
  }

  void write(PayloadWriter out) {
    CodecState.write(up, out);
    CodecState.write(down, out);
    CodecState.write(values, out);
  }

  void read(PayloadReader in) {
    up = CodecState.readDouble(in);
    down = CodecState.readDouble(in);
    values = CodecState.readDouble(in);
  }
}
