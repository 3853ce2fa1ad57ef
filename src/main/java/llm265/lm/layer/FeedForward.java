package llm265.lm.layer;

import llm265.lm.math.Activation;
import llm265.lm.math.Strips;

/** The feed-forward layer of a block: up, activation, down; gated or not. */
public final class FeedForward {
  private final LinearGroup input;
  private final Activation activation;
  private final boolean gated;
  private final LinearGroup output;

  /**
   * @param input one layer; or gate and up of their own; or, if {@code gated}, one layer whose outputs are the gate, then up
   * @param gated whether up is multiplied by the activation of a gate
   */
  public FeedForward(LinearGroup input, Activation activation, boolean gated, LinearGroup output) {
    this.input = input;
    this.activation = activation;
    this.gated = gated;
    this.output = output;
  }

  /**
   * Computes {@code rows x columns} of the state's size.
   *
   * @param own whether nobody else needs {@code x}
   */
  float[] apply(Pass pass, float[] x, boolean own) {
    float[][] inner = input.apply(pass, x, own);
    int size = output.linears().getFirst().layer().inFeatures();
    float[] hidden = inner.length == 1 && gated ? new float[pass.rows() * size] : inner[0];
    Strips.forEach(pass.workers(), pass.rows(), 8L * size, (from, to) -> {
      if (inner.length == 1 && gated) {
        for (int row = from; row < to; row++) {
          System.arraycopy(inner[0], 2 * row * size, hidden, row * size, size);
        }
      }
      activation.apply(hidden, from * size, (to - from) * size);
      if (inner.length == 2) {
        multiply(hidden, from * size, inner[1], from * size, (to - from) * size);
      } else if (gated) {
        for (int row = from; row < to; row++) {
          multiply(hidden, row * size, inner[0], (2 * row + 1) * size, size);
        }
      }
    });
    return output.apply(pass, hidden, true)[0];
  }

  private static void multiply(float[] x, int from, float[] factors, int factorsFrom, int count) {
    for (int i = 0; i < count; i++) {
      x[from + i] *= factors[factorsFrom + i];
    }
  }
}
