package llm265.runtime.message;

import java.util.ArrayList;
import java.util.List;
import llm265.trinity.Alphabet;
import llm265.trinity.Law;
import llm265.trinity.Laws;

/**
 * The laws of coefficients by the ratio of their expected deviation to the step, in thirds of an octave: fixed, so that a cell
 * needs no tables. SPEC.md, "Laws of cells".
 *
 * <p>What LawFit finds for generalized Gaussian values of each class differs from them by hundredths of a bit only.
 */
public final class DeviationLaws {
  /** Units of an octave, in which deviations and steps are. */
  public static final int OCTAVE = 48;

  /** Units of a class. */
  public static final int CLASS = 16;

  /** Class of coefficients whose deviation is the step. */
  public static final int UNIT_CLASS = 12;

  /** The last class of the narrow alphabet. */
  public static final int MOST_NARROW = 22;

  /** The last class: deviations of 256 steps. */
  public static final int GREATEST = 36;

  private static final int MOST_MIDDLE = 26;

  /** Binary logarithm of the width over the deviation, in twelfths, less that of the least width. */
  private static final int WIDTH_OF_CLASS_0 = -6;

  private static final int WIDTHS_OF_CLASS = 4;

  /** Shapes of the families: Gaussian, between, Laplacian. */
  private static final int[] SHAPES = {16, 12, 8};

  /** By how much a law of each shape is narrower than the Gaussian law of the same deviation, in twelfths of an octave. */
  private static final int[] NARROWER = {0, 4, 12};

  /** Mean magnitudes over the deviation between those of the shapes. */
  private static final double LEAST_GAUSSIAN = 0.776;
  private static final double LEAST_MIDDLE = 0.731;

  /** Number of families. */
  public static final int FAMILIES = SHAPES.length;

  /** First class whose second quantizer has hardly a use for zero. */
  private static final int FIRST_WITHOUT_ZERO = 12;

  private static final int LIKELY_ZERO = 1;
  private static final int UNLIKELY_ZERO = 6;

  /**
   * Bits of a Gaussian coefficient by class, where a bit is worth half a squared step: measured with 16 states, 2^16 values.
   */
  private static final double[] BITS = {
    0, 0, 0, 0.002, 0.004, 0.008, 0.02, 0.06, 0.14, 0.28, 0.45, 0.65, 0.88, 1.21, 1.60, 1.97, 2.34, 2.69, 3.035, 3.376, 3.713,
    4.049, 4.385, 4.722, 5.059, 5.392, 5.735, 6.073, 6.410, 6.737, 7.069, 7.402, 7.739, 8.075, 8.414, 8.813, 9.397
  };

  /** Squared error of a Gaussian coefficient by class, in squared steps: measured likewise. */
  private static final double[] ERRORS = {
    0.004, 0.006, 0.010, 0.016, 0.025, 0.040, 0.062, 0.095, 0.14, 0.19, 0.24, 0.29, 0.344, 0.337, 0.313, 0.293, 0.280, 0.272,
    0.266, 0.263, 0.261, 0.259, 0.259, 0.259, 0.258, 0.258, 0.258, 0.258, 0.257, 0.257, 0.257, 0.257, 0.257, 0.257, 0.256, 0.256,
    0.257
  };

  private static final Laws[] NARROW = new Laws[FAMILIES];
  private static final Laws[] ALL = new Laws[FAMILIES];

  static {
    for (int family = 0; family < FAMILIES; family++) {
      NARROW[family] = laws(family, MOST_NARROW);
      ALL[family] = laws(family, GREATEST);
    }
  }

  private DeviationLaws() {}

  private static Laws laws(int family, int greatest) {
    List<Law> laws = new ArrayList<>();
    for (int i = 0; i <= greatest; i++) {
      laws.add(law(family, i));
    }
    return new Laws(laws);
  }

  /** The law of a class in a family. */
  public static Law law(int family, int valueClass) {
    Alphabet alphabet =
        valueClass <= MOST_NARROW ? Alphabet.NARROW : valueClass <= MOST_MIDDLE ? Alphabet.MIDDLE : Alphabet.WIDE;
    int width = Math.max(0, WIDTH_OF_CLASS_0 + WIDTHS_OF_CLASS * valueClass - NARROWER[family]);
    return new Law(
        alphabet, width, SHAPES[family], 0, valueClass < FIRST_WITHOUT_ZERO ? LIKELY_ZERO : UNLIKELY_ZERO, 0);
  }

  /** The laws of a family, of classes 0 to {@link #MOST_NARROW}, or of all. */
  public static Laws of(int family, boolean wide) {
    return wide ? ALL[family] : NARROW[family];
  }

  /** The class of coefficients whose deviation is so many units over the step. */
  public static int valueClass(int units) {
    return Math.clamp(((units + CLASS / 2) >> 4) + UNIT_CLASS, 0, GREATEST);
  }

  /**
   * The family whose laws fit best.
   *
   * @param ratio mean magnitude of coefficients over their root mean square
   */
  public static int family(double ratio) {
    return ratio > LEAST_GAUSSIAN ? 0 : ratio > LEAST_MIDDLE ? 1 : 2;
  }

  /** Expected bits of a coefficient whose deviation is so many units over the step. */
  public static double bits(int units) {
    return interpolated(BITS, units);
  }

  /** Expected squared error of such a coefficient, in squared steps. */
  public static double error(int units) {
    return interpolated(ERRORS, units);
  }

  private static double interpolated(double[] table, int units) {
    int at = Math.clamp(units + UNIT_CLASS * CLASS, 0, GREATEST * CLASS);
    int below = at / CLASS;
    double rest = (double) (at % CLASS) / CLASS;
    return rest == 0 ? table[below] : table[below] + rest * (table[below + 1] - table[below]);
  }

  /** The step of so many units: a power of two, 2^(units / 48), rounded once. */
  public static float step(int units) {
    return (float) StrictMath.pow(2, units / (double) OCTAVE);
  }
}
