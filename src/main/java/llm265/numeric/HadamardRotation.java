package llm265.numeric;

import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A randomized Hadamard rotation R of n inputs: x R = x diag(signs) H / sqrt(n), with H = H_k x H_(2^m) and n = k 2^m.
 *
 * <p>H_k is Paley's with the least k that there is; all sizes of common models have one. Else the rotation is block-diagonal:
 * blocks of the greatest power of two that divides n each have their own. Signs come from a fixed seed. Immutable.
 */
public final class HadamardRotation {
  private static final int MAX_ORDER = 2048;

  private final int n;
  private final int powerOfTwo;
  /** Null for blocks of their own. */
  private final byte[][] outer;
  private final boolean[] negated;

  public HadamardRotation(int n, long seed) {
    this.n = n;
    int odd = n >> Integer.numberOfTrailingZeros(n);
    byte[][] found = odd == 1 ? new byte[][] {{1}} : null;
    int order = odd;
    while (found == null && n % (2 * order) == 0 && 2 * order <= MAX_ORDER) {
      order *= 2;
      found = PaleyMatrix.ofOrder(order);
    }
    outer = found;
    powerOfTwo = found == null ? n / odd : n / order;
    SplittableRandom random = new SplittableRandom(seed);
    negated = new boolean[n];
    for (int i = 0; i < n; i++) {
      negated[i] = random.nextBoolean();
    }
  }

  /** Whether it mixes all inputs, and not only those of a block. */
  public boolean isWhole() {
    return outer != null;
  }

  /** row := row R. */
  public void apply(double[] row) {
    flip(row);
    butterflies(row);
    mix(row, false);
  }

  /** row := row R^T. */
  public void invert(double[] row) {
    butterflies(row);
    mix(row, true);
    flip(row);
  }

  /** Replaces vectors of n floats, one behind the other from {@code at} to before {@code end}, by {@code vector R}. */
  public void apply(float[] vectors, int at, int end) {
    replace(vectors, at, end, this::apply);
  }

  /** The same by {@code vector R^T}. */
  public void invert(float[] vectors, int at, int end) {
    replace(vectors, at, end, this::invert);
  }

  private void replace(float[] vectors, int at, int end, Consumer<double[]> rotation) {
    double[] vector = new double[n];
    for (int first = at; first < end; first += n) {
      for (int i = 0; i < n; i++) {
        vector[i] = vectors[first + i];
      }
      rotation.accept(vector);
      for (int i = 0; i < n; i++) {
        vectors[first + i] = (float) vector[i];
      }
    }
  }

  private void flip(double[] row) {
    for (int i = 0; i < n; i++) {
      row[i] = negated[i] ? -row[i] : row[i];
    }
  }

  /** Sylvester's matrix, which is symmetric, on each part of 2^m inputs. */
  private void butterflies(double[] row) {
    for (int half = 1; half < powerOfTwo; half *= 2) {
      for (int first = 0; first < n; first += 2 * half) {
        for (int i = first; i < first + half; i++) {
          double a = row[i];
          double b = row[i + half];
          row[i] = a + b;
          row[i + half] = a - b;
        }
      }
    }
  }

  /** The outer matrix across the parts, and the factor that makes all of it orthonormal. */
  private void mix(double[] row, boolean transposed) {
    int order = outer == null ? 1 : outer.length;
    double factor = 1 / Math.sqrt((double) powerOfTwo * order);
    if (order == 1) {
      for (int i = 0; i < n; i++) {
        row[i] *= factor;
      }
      return;
    }
    double[] mixed = new double[n];
    for (int a = 0; a < order; a++) {
      for (int b = 0; b < order; b++) {
        double signed = (transposed ? outer[b][a] : outer[a][b]) * factor;
        for (int i = 0; i < powerOfTwo; i++) {
          mixed[b * powerOfTwo + i] += row[a * powerOfTwo + i] * signed;
        }
      }
    }
    System.arraycopy(mixed, 0, row, 0, n);
  }
}
