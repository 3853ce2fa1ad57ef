package llm265.runtime.exchange;

import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** A way for workers to get at an average of what each of them has. Used by one thread at a time. */
interface GradientExchange {
  /**
   * Averages.
   *
   * @param gradients by worker; may be overwritten
   * @param average receives what all workers then have, the same on each
   * @param counter takes what is sent
   */
  void average(float[][] gradients, float[] average, TrafficCounter counter);

  void write(PayloadWriter out);

  void read(PayloadReader in);
}
