package llm265.lm.layer;

import llm265.lm.math.Strips;
import llm265.parallel.Workers;

/** Normalization of vectors: by their root mean square, or by mean and deviation. Sums are made in binary64, in eight parts. */
public final class Norm {
  /** What is done. */
  public enum Style {
    /** {@code x / rms(x) * w}. */
    RMS,
    /** {@code x / rms(x) * (1 + w)}, of Gemma. */
    RMS_ABOUT_ONE,
    /** {@code (x - mean) / deviation * w + b}. */
    LAYER
  }

  private static final int PARTS = 8;

  private final Style style;
  private final double epsilon;
  private final float[] weight;
  private final float[] bias;

  /**
   * @param epsilon added to the mean of squares
   * @param bias zero or null for styles without
   */
  public Norm(Style style, double epsilon, float[] weight, float[] bias) {
    this.style = style;
    this.epsilon = epsilon;
    this.weight = weight.clone();
    this.bias = bias;
    if (style == Style.RMS_ABOUT_ONE) {
      for (int i = 0; i < weight.length; i++) {
        this.weight[i] += 1;
      }
    }
  }

  /** What normalized elements are multiplied by. */
  public float[] gain() {
    return weight.clone();
  }

  /**
   * Normalizes rows.
   *
   * @param x {@code rows x n} floats, where the norm has n weights
   * @param y receives as many; may be {@code x}
   */
  public void apply(float[] x, int rows, float[] y, Workers workers) {
    int n = weight.length;
    Strips.forEach(workers, rows, 4L * n, (from, to) -> {
      for (int row = from; row < to; row++) {
        if (style == Style.LAYER) {
          layer(x, row * n, y);
        } else {
          rms(x, row * n, y);
        }
      }
    });
  }

  private void rms(float[] x, int at, float[] y) {
    float factor = (float) (1 / Math.sqrt(squares(x, at, 0) / weight.length + epsilon));
    for (int i = 0; i < weight.length; i++) {
      y[at + i] = x[at + i] * factor * weight[i];
    }
  }

  private void layer(float[] x, int at, float[] y) {
    double mean = sum(x, at) / weight.length;
    float factor = (float) (1 / Math.sqrt(squares(x, at, mean) / weight.length + epsilon));
    float centre = (float) mean;
    for (int i = 0; i < weight.length; i++) {
      y[at + i] = (x[at + i] - centre) * factor * weight[i] + bias[i];
    }
  }

  private double sum(float[] x, int at) {
    double[] parts = new double[PARTS];
    for (int i = 0; i < weight.length; i++) {
      parts[i % PARTS] += x[at + i];
    }
    return total(parts);
  }

  private double squares(float[] x, int at, double mean) {
    double[] parts = new double[PARTS];
    for (int i = 0; i < weight.length; i++) {
      double d = x[at + i] - mean;
      parts[i % PARTS] += d * d;
    }
    return total(parts);
  }

  private static double total(double[] parts) {
    return parts[0] + parts[1] + (parts[2] + parts[3]) + (parts[4] + parts[5] + (parts[6] + parts[7]));
  }
}
