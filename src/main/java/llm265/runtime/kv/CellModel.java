package llm265.runtime.kv;

import llm265.numeric.Logarithms;
import llm265.runtime.message.DeviationLaws;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.CoefficientModel;
import llm265.runtime.transform.KeyPrediction;

/**
 * What is expected of the coefficients of a cell: their means, their deviations, and how much neighbouring tokens have in common.
 * Immutable but for a cache; thread-safe.
 */
public final class CellModel {
  /** Correlations of neighbouring tokens that a channel may have. */
  private static final double[] CORRELATIONS = {0, 0.3, 0.5, 0.65, 0.8, 0.9, 0.96, 0.99};

  /** Number of correlations. */
  static final int CORRELATION_CLASSES = CORRELATIONS.length;

  /** Least deviation, in units: that of the least normal number. */
  static final int LEAST_UNITS = -126 * DeviationLaws.OCTAVE;

  static final int GREATEST_UNITS = 127 * DeviationLaws.OCTAVE;

  /** What quantization adds to the variance of a mean: a twelfth of the square of half a deviation. */
  private static final double MEAN_STEP_VARIANCE = 1 / 48.0;

  private static final double DECIBELS_OF_OCTAVE = 20 * StrictMath.log10(2);

  /** By number of tokens of a block. */
  private static final double[][][] SPECTRA = new double[TokenTransform.BLOCK + 1][][];

  private final ChannelTransform transform;
  /** Of values by keys; null for none. */
  private final KeyPrediction prediction;
  private final float[] means;
  private final int[] units;
  private final byte[] correlations;
  private final long learnedTokens;
  private final int[][] expected = new int[TokenTransform.BLOCK + 1][];
  private final float[][] inverseDeviations = new float[TokenTransform.BLOCK + 1][];

  /**
   * @param transform null for none
   * @param means of each coefficient
   * @param units binary logarithm of each deviation, in 48ths
   * @param correlations class of each coefficient's correlation; null where tokens are coded as they are
   * @param learnedTokens tokens that the means were learned from, 1 or more
   */
  CellModel(ChannelTransform transform, float[] means, int[] units, byte[] correlations, long learnedTokens) {
    this(transform, null, means, units, correlations, learnedTokens);
  }

  private CellModel(
      ChannelTransform transform, KeyPrediction prediction, float[] means, int[] units, byte[] correlations,
      long learnedTokens) {
    this.transform = transform;
    this.prediction = prediction;
    this.means = means;
    this.units = units;
    this.correlations = correlations;
    this.learnedTokens = learnedTokens;
  }

  /** The model of coefficients of which all is known but what neighbouring tokens have in common. */
  public static CellModel of(CoefficientModel known) {
    return of(known, null);
  }

  /** @param prediction of values, by the keys of their tokens; null for none */
  public static CellModel of(CoefficientModel known, KeyPrediction prediction) {
    int[] units = new int[known.deviations().length];
    for (int c = 0; c < units.length; c++) {
      units[c] = units(known.deviations()[c]);
    }
    return new CellModel(known.transform(), prediction, known.means(), units, null, Integer.MAX_VALUE);
  }

  /** Number of channels. */
  public int channels() {
    return units.length;
  }

  ChannelTransform transform() {
    return transform;
  }

  /** Whether cells cannot be coded without the keys of their tokens. */
  public boolean isPredicted() {
    return prediction != null;
  }

  KeyPrediction prediction() {
    return prediction;
  }

  float mean(int coefficient) {
    return means[coefficient];
  }

  float[] means() {
    return means;
  }

  /** Whether tokens become frequencies. */
  boolean transformsTokens() {
    return correlations != null;
  }

  /** The class of a deviation in units. */
  static int units(double deviation) {
    return deviation > 0
        ? (int) Math.clamp(StrictMath.rint(DeviationLaws.OCTAVE * Logarithms.log2(deviation)), LEAST_UNITS, GREATEST_UNITS)
        : LEAST_UNITS;
  }

  /** The class of correlation next to one that was measured. */
  static int correlationClass(double correlation) {
    int best = 0;
    for (int i = 1; i < CORRELATIONS.length; i++) {
      best = Math.abs(CORRELATIONS[i] - correlation) < Math.abs(CORRELATIONS[best] - correlation) ? i : best;
    }
    return best;
  }

  static double correlation(int correlationClass) {
    return CORRELATIONS[correlationClass];
  }

  /** Bits per value that the transform of tokens saves where neighbours correlate so. */
  static double savedBits(int correlationClass) {
    double rho = CORRELATIONS[correlationClass];
    return -0.5 * Logarithms.log2(1 - rho * rho) * (TokenTransform.BLOCK - 1) / TokenTransform.BLOCK;
  }

  /**
   * Expected deviations in units of the coefficients of a block of n tokens: {@code n x channels}. Not to be changed.
   */
  int[] expected(int n) {
    synchronized (expected) {
      if (expected[n] == null) {
        expected[n] = computed(n);
      }
      return expected[n];
    }
  }

  /** One over the expected deviations of {@link #expected}. Not to be changed. */
  float[] inverseDeviations(int n) {
    int[] all = expected(n);
    synchronized (expected) {
      if (inverseDeviations[n] == null) {
        float[] inverse = new float[all.length];
        for (int i = 0; i < all.length; i++) {
          inverse[i] = DeviationLaws.step(-all[i]);
        }
        inverseDeviations[n] = inverse;
      }
      return inverseDeviations[n];
    }
  }

  private int[] computed(int n) {
    int channels = units.length;
    int[] all = new int[n * channels];
    int[][] shares = correlations == null ? null : shares(n);
    for (int k = 0; k < n; k++) {
      for (int c = 0; c < channels; c++) {
        int share = shares == null ? 0 : shares[correlations[c]][k];
        all[k * channels + c] = Math.clamp(units[c] + share, LEAST_UNITS, GREATEST_UNITS);
      }
    }
    return all;
  }

  /** By correlation and frequency, in units. */
  private int[][] shares(int n) {
    int[][] shares = new int[CORRELATIONS.length][n];
    double[][] spectra = spectra(n);
    for (int i = 0; i < CORRELATIONS.length; i++) {
      double rho = CORRELATIONS[i];
      double meanVariance = (1 + rho) / (1 - rho) / learnedTokens + MEAN_STEP_VARIANCE;
      for (int k = 0; k < n; k++) {
        double share = spectra[i][k] + (k == 0 ? n * meanVariance : 0);
        shares[i][k] = (int) StrictMath.rint(DeviationLaws.OCTAVE / 2 * Logarithms.log2(share));
      }
    }
    return shares;
  }

  /** By correlation and frequency, of all models. */
  private static double[][] spectra(int n) {
    synchronized (SPECTRA) {
      if (SPECTRA[n] == null) {
        double[][] all = new double[CORRELATIONS.length][n];
        for (int i = 0; i < CORRELATIONS.length; i++) {
          for (int k = 0; k < n; k++) {
            all[i][k] = TokenTransform.spectrum(CORRELATIONS[i], n, k);
          }
        }
        SPECTRA[n] = all;
      }
      return SPECTRA[n];
    }
  }

  /**
   * A step in units.
   *
   * @param decibels mean variance of coefficients over its square
   */
  public int step(double decibels) {
    double sum = 0;
    for (int unit : units) {
      sum += StrictMath.pow(2, 2.0 * unit / DeviationLaws.OCTAVE);
    }
    return (int) StrictMath.rint(
        DeviationLaws.OCTAVE * (Logarithms.log2(sum / units.length) / 2 - decibels / DECIBELS_OF_OCTAVE));
  }

  int unitsOf(int coefficient) {
    return units[coefficient];
  }

  byte[] correlations() {
    return correlations;
  }

  long learnedTokens() {
    return learnedTokens;
  }
}
