package llm265.baseline;

import java.util.List;

/**
 * A published way of quantizing the weights of linear layers.
 *
 * <p>Deterministic: the same weights and moments give the same bits, however many threads work. Thread-safe.
 */
public interface WeightQuantizer {
  /** The specification that {@link Baselines} knows it by. */
  String name();

  /** Whether it needs {@link LinearGroup#moments}. */
  boolean isCalibrated();

  /** The recipe, in one line. */
  String settings();

  /**
   * Quantizes the layers of a group.
   *
   * @return a result for each layer, in their order
   * @throws IllegalArgumentException if the method is calibrated and the group has no moments
   */
  List<QuantizedLayer> quantize(LinearGroup group);
}
