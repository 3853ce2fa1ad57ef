package llm265.tensor.analysis;

import llm265.tensor.tools.Rotation;

/** Reflections in vectors of integers that take axes to coordinates of their own, one after the other. */
final class AxisReflections {
  /** Root mean square of the elements of a reflection's vector, except its pivot. */
  private static final double ELEMENT = 12;

  /** Number of bits that an element of such a vector takes. */
  static final double ELEMENT_BITS = 6;

  private AxisReflections() {}

  /** The free coordinate that is nearest to an axis. */
  static int pivot(double[] axis, boolean[] taken) {
    int pivot = -1;
    for (int i = 0; i < axis.length; i++) {
      if (!taken[i] && (pivot < 0 || Math.abs(axis[i]) > Math.abs(axis[pivot]))) {
        pivot = i;
      }
    }
    return pivot;
  }

  /** Vectors whose reflections, one after the other, take each of the first axes to its pivot. */
  static short[][] of(double[][] axes, int number) {
    int n = axes[0].length;
    short[][] vectors = new short[number][];
    boolean[] taken = new boolean[n];
    for (int a = 0; a < number; a++) {
      double[] vector = axes[a].clone();
      for (int b = 0; b < a; b++) {
        reflect(vector, vectors[b]);
      }
      for (int i = 0; i < n; i++) {
        vector[i] = taken[i] ? 0 : vector[i];
      }
      int pivot = pivot(vector, taken);
      taken[pivot] = true;
      double length = Math.sqrt(SecondMoments.dot(vector, vector));
      vector[pivot] += vector[pivot] < 0 ? -length : length;
      vectors[a] = rounded(vector, pivot);
    }
    return vectors;
  }

  private static void reflect(double[] x, short[] vector) {
    double dot = 0;
    double square = 0;
    for (int i = 0; i < x.length; i++) {
      dot += vector[i] * x[i];
      square += vector[i] * vector[i];
    }
    for (int i = 0; i < x.length; i++) {
      x[i] -= 2 * dot / square * vector[i];
    }
  }

  private static short[] rounded(double[] vector, int pivot) {
    double squares = 0;
    for (int i = 0; i < vector.length; i++) {
      squares += i == pivot ? 0 : vector[i] * vector[i];
    }
    double rms = Math.sqrt(squares / vector.length);
    double greatest = Rotation.GREATEST / Math.abs(vector[pivot]);
    double scale = rms * greatest < ELEMENT ? greatest : ELEMENT / rms;
    short[] result = new short[vector.length];
    for (int i = 0; i < vector.length; i++) {
      result[i] = (short) StrictMath.rint(scale * vector[i]);
    }
    return result;
  }
}
