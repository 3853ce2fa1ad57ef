package llm265.runtime.transform;

/**
 * What a profile knows of a model's keys and values, learned before there is a sequence. Implementations are immutable and
 * thread-safe.
 */
public interface CoefficientModels {
  /**
   * The model of a cell's channels: heads of the group one after the other.
   *
   * @param layer 0 or more
   * @param keys whether of keys, else of values
   * @param headGroup number of the group of heads that a cell has, 0 or more
   */
  CoefficientModel model(int layer, boolean keys, int headGroup);

  /** What names the profile: a hash of 32 bytes of all that it says. */
  byte[] hash();
}
