package llm265.baseline;

/**
 * The search for a scale that ggml has for several formats. Each of some scales assigns integers q to the values x; for these the
 * best scale is sum(w x q) / sum(w q q), by weighted least squares; the one that explains most of the values is kept.
 */
final class ScaleSearch {
  private ScaleSearch() {}

  /** What the format makes of a value over its scale. */
  interface Rounding {
    double nearest(float scaled);
  }

  /** The value of greatest magnitude, with its sign; the first if there are several. */
  static float extreme(float[] values, int from, int count) {
    float extreme = 0;
    for (int i = from; i < from + count; i++) {
      if (Math.abs(values[i]) > Math.abs(extreme)) {
        extreme = values[i];
      }
    }
    return extreme;
  }

  /**
   * The best scale.
   *
   * @param weights one for each value
   * @param ends what the value of greatest magnitude is over the scales that are tried
   * @return the scale, with a sign; 0 if all values are 0, or all that matter
   */
  static float scale(float[] values, int from, double[] weights, float[] ends, Rounding rounding) {
    float extreme = extreme(values, from, weights.length);
    if (extreme == 0) {
      return 0;
    }
    double best = 0;
    double explained = -1;
    for (float end : ends) {
      float inverse = end / extreme;
      double cross = 0;
      double square = 0;
      for (int i = 0; i < weights.length; i++) {
        double q = rounding.nearest(values[from + i] * inverse);
        cross += weights[i] * q * values[from + i];
        square += weights[i] * q * q;
      }
      if (square > 0 && cross * cross > explained * square) {
        best = cross / square;
        explained = cross * cross / square;
      }
    }
    return (float) best;
  }

  /** Ends from {@code middle - tries * step} to {@code middle + tries * step}. */
  static float[] ends(float middle, int tries, float step) {
    float[] ends = new float[2 * tries + 1];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = middle + (i - tries) * step;
    }
    return ends;
  }

  /** Mean square of values. */
  static double meanSquare(float[] values, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum / count;
  }

  /** Squares of values, as weights. */
  static double[] squares(float[] values, int from, int count) {
    double[] squares = new double[count];
    for (int i = 0; i < count; i++) {
      squares[i] = (double) values[from + i] * values[from + i];
    }
    return squares;
  }

  /** importance * sqrt(base + x x), as weights of values x. */
  static double[] important(float[] values, int from, double[] importance, int first, int count, double base) {
    double[] weights = new double[count];
    for (int i = 0; i < count; i++) {
      double value = values[from + i];
      weights[i] = importance[first + i] * Math.sqrt(base + value * value);
    }
    return weights;
  }
}
