package llm265.rate;

/**
 * Rate and distortion of Gaussian data after a uniform quantizer, as functions of the ratio of step to standard deviation.
 * Every search starts here; measurements then correct it.
 *
 * <p>The rate is the entropy of the quantizer's levels plus the measured loss of an H.264 intra encoder on them (Intra_16x16 DC
 * prediction, 8 bits, CABAC). Tables are integrated numerically with StrictMath, so that they are the same everywhere.
 */
public final class GaussianModel {
  private static final double LOG2_LEAST_RATIO = -8;
  private static final double LOG2_GREATEST_RATIO = 3;
  private static final int POINTS_PER_OCTAVE = 4;
  private static final int POINTS = (int) ((LOG2_GREATEST_RATIO - LOG2_LEAST_RATIO) * POINTS_PER_OCTAVE) + 1;

  /** Integration extends this many deviations out. */
  private static final double REACH = 8;

  /** The encoder's rounding offset as a function of the ratio of step to deviation. */
  private static final double[] OFFSET_RATIO = {0.52, 1.08, 1.61, 2.42, 4};

  private static final double[] OFFSET = {0.5, 0.46, 0.42, 0.36, 0.30};

  /** Bits per value that the coder loses, as a function of the entropy of the levels. */
  private static final double[] LOSS_ENTROPY = {0, 0.75, 1.7, 2.7, 3.7};

  private static final double[] LOSS = {0, 0.03, 0.062, 0.095, 0.168};

  private static final double[] BITS = new double[POINTS];
  private static final double[] ERROR = new double[POINTS];

  static {
    for (int i = 0; i < POINTS; i++) {
      double ratio = StrictMath.pow(2, LOG2_LEAST_RATIO + (double) i / POINTS_PER_OCTAVE);
      integrate(ratio, i);
    }
  }

  private GaussianModel() {}

  /** Bits per value at a ratio of step to standard deviation, given as its binary logarithm. */
  public static double bits(double log2Ratio) {
    return at(BITS, log2Ratio);
  }

  /** Mean squared error, after the best output gain, as a share of the variance. */
  public static double relativeError(double log2Ratio) {
    return StrictMath.pow(2, at(ERROR, log2Ratio));
  }

  /** Signal-to-noise ratio in dB. */
  public static double snr(double log2Ratio) {
    return -10 * StrictMath.log10(relativeError(log2Ratio));
  }

  /** Binary logarithm of the ratio of step to deviation at which {@link #bits} is {@code bits}. */
  public static double log2RatioForBits(double bits) {
    return inverse(BITS, bits);
  }

  /** Binary logarithm of the ratio of step to deviation at which {@link #snr} is {@code snr} dB. */
  public static double log2RatioForSnr(double snr) {
    return inverse(ERROR, -snr / (10 * StrictMath.log10(2)));
  }

  /** Interpolates linearly between the points; beyond them it continues the slope at the end. */
  private static double at(double[] table, double log2Ratio) {
    double place = (log2Ratio - LOG2_LEAST_RATIO) * POINTS_PER_OCTAVE;
    int left = (int) Math.clamp(Math.floor(place), 0, POINTS - 2.0);
    return table[left] + (place - left) * (table[left + 1] - table[left]);
  }

  /** Finds the place at which a monotonic table has a value. */
  private static double inverse(double[] table, double value) {
    boolean rising = table[POINTS - 1] > table[0];
    int left = 0;
    while (left < POINTS - 2 && (rising ? table[left + 1] < value : table[left + 1] > value)) {
      left++;
    }
    double slope = table[left + 1] - table[left];
    // The last intervals are nearly flat: no step is coarse enough for values beyond them.
    double share = Math.clamp((value - table[left]) / slope, -POINTS, POINTS);
    return LOG2_LEAST_RATIO + (left + share) / POINTS_PER_OCTAVE;
  }

  private static void integrate(double ratio, int index) {
    double offset = interpolate(OFFSET_RATIO, OFFSET, ratio);
    double zero = 2 * mass(0, (1 - offset) * ratio)[0];
    double entropy = entropyTerm(zero);
    double products = 0;
    double squares = 0;
    for (int level = 1; (level - offset) * ratio < REACH; level++) {
      double[] part = mass((level - offset) * ratio, (level + 1 - offset) * ratio);
      entropy += 2 * entropyTerm(part[0]);
      products += 2 * level * part[1];
      squares += 2.0 * level * level * part[0];
    }
    BITS[index] = entropy + interpolate(LOSS_ENTROPY, LOSS, entropy);
    // The best gain leaves 1 - cov^2 / var of the variance.
    double error = squares == 0 ? 1 : 1 - products * products / squares;
    ERROR[index] = StrictMath.log(error) / StrictMath.log(2);
  }

  private static double entropyTerm(double probability) {
    return probability <= 0 ? 0 : -probability * StrictMath.log(probability) / StrictMath.log(2);
  }

  /** Probability and first moment of the standard normal distribution between two points, by Simpson's rule. */
  private static double[] mass(double from, double to) {
    int intervals = 2 * Math.max(4, (int) Math.ceil((to - from) * 32));
    double width = (to - from) / intervals;
    double probability = 0;
    double moment = 0;
    for (int i = 0; i <= intervals; i++) {
      double x = from + i * width;
      double weight = i == 0 || i == intervals ? 1 : (i & 1) == 1 ? 4 : 2;
      double density = weight * StrictMath.exp(-0.5 * x * x);
      probability += density;
      moment += density * x;
    }
    double scale = width / 3 / Math.sqrt(2 * Math.PI);
    return new double[] {probability * scale, moment * scale};
  }

  private static double interpolate(double[] x, double[] y, double at) {
    int last = x.length - 1;
    if (at <= x[0]) {
      return y[0];
    }
    int right = 1;
    while (right < last && at > x[right]) {
      right++;
    }
    double share = (at - x[right - 1]) / (x[right] - x[right - 1]);
    return at >= x[last] && y[last] < y[0] ? y[last] : y[right - 1] + share * (y[right] - y[right - 1]);
  }
}
