package llm265.runtime.exchange;

import java.util.List;
import llm265.runtime.message.CodecState;

/**
 * What an optimizer goes on from: its counter, Adam's moments, and what exchanges keep.
 *
 * @param name of the optimizer, which a state of another does not fit
 * @param values number of parameters
 * @param exchanges in the order in which they are written
 */
record OptimizerState(String name, int values, TrafficCounter counter, AdamMoments moments, List<GradientExchange> exchanges) {
  byte[] write() {
    return CodecState.write(name, values, out -> {
      counter.write(out);
      moments.write(out);
      for (GradientExchange exchange : exchanges) {
        exchange.write(out);
      }
    });
  }

  /** @throws IllegalArgumentException if it is not one that {@link #write} gave */
  void read(byte[] state) {
    CodecState.read(state, name, values, in -> {
      counter.read(in);
      moments.read(in);
      for (GradientExchange exchange : exchanges) {
        exchange.read(in);
      }
    });
  }
}
