package llm265.runtime.exchange;

import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** What one side of a link does to values of one layout, from step to step. Used by one thread at a time. */
interface Compressor {
  /**
   * Sends values.
   *
   * @param values replaced by what is received
   * @return bits sent
   */
  double send(float[] values);

  /** All that later steps depend on. */
  default void write(PayloadWriter out) {}

  default void read(PayloadReader in) {}
}
