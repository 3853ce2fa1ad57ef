package llm265.runtime.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run of training has measured.
 *
 * @param values by name; {@link #LOSS} is always there, and not finite if training diverged
 * @param fingerprint checksum of the weights in the end: whoever repeats the run gets the same
 */
public record RunFigures(Map<String, Double> values, String fingerprint) {
  /** Mean cross-entropy of the validation's predictions in nats. */
  public static final String LOSS = "loss";

  /** Wall-clock time of the run. */
  public static final String SECONDS = "seconds";

  public RunFigures {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    if (!values.containsKey(LOSS)) {
      throw new IllegalArgumentException("no loss was measured");
    }
  }

  /** A figure, or NaN if this run has none of that name. */
  public double get(String name) {
    return values.getOrDefault(name, Double.NaN);
  }

  /** Mean of a figure over runs. */
  static double mean(List<RunFigures> runs, String name) {
    return runs.stream().mapToDouble(run -> run.get(name)).average().orElse(Double.NaN);
  }
}
