package llm265.runtime.transform;

import llm265.lm.math.PackedMatrix;
import llm265.parallel.Workers;

/**
 * What the decoded keys of a token say of the coefficients of its values: both are linear in one state, so that they have much in
 * common.
 * Immutable and thread-safe; results are the same on every machine.
 */
public final class KeyPrediction {
  private final int valueChannels;
  private final PackedMatrix matrix;

  /** @param matrix {@code valueChannels x keyChannels}, row-major */
  KeyPrediction(int valueChannels, int keyChannels, float[] matrix) {
    this.valueChannels = valueChannels;
    this.matrix = PackedMatrix.of(valueChannels, keyChannels, matrix);
  }

  /**
   * Takes what keys say off coefficients of values.
   *
   * @param keys {@code tokens x keyChannels}, behind what is done to them before axes
   * @param rows {@code tokens x valueChannels}
   */
  public void subtract(float[] keys, float[] rows, int tokens) {
    float[] predicted = predicted(keys, tokens);
    for (int i = 0; i < predicted.length; i++) {
      rows[i] -= predicted[i];
    }
  }

  /** Undoes {@link #subtract}. */
  public void add(float[] keys, float[] rows, int tokens) {
    float[] predicted = predicted(keys, tokens);
    for (int i = 0; i < predicted.length; i++) {
      rows[i] += predicted[i];
    }
  }

  private float[] predicted(float[] keys, int tokens) {
    float[] predicted = new float[tokens * valueChannels];
    matrix.multiply(keys, 0, tokens, predicted, Workers.CALLER);
    return predicted;
  }
}
