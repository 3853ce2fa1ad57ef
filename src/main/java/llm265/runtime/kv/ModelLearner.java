package llm265.runtime.kv;

import java.util.Arrays;
import llm265.numeric.Logarithms;
import llm265.runtime.message.DeviationLaws;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.CoefficientModel;

/**
 * Learns a model from the first tokens of a sequence: means, deviations and correlations of neighbours by coefficient. Estimates
 * from few tokens are drawn towards what all coefficients have in common, by the share of their variance that is chance.
 */
public final class ModelLearner {
  /** Fewer tokens say nothing of single coefficients. */
  private static final int LEAST_TOKENS = 4;

  /** Bits per value that the transform of tokens is to save at least. */
  private static final double LEAST_SAVED_BITS = 0.02;

  private static final double LOG2_E = 1 / StrictMath.log(2);

  private final int channels;
  private final ChannelTransform transform;
  private final CoefficientModel known;
  private final float[] row;
  private final double[] origin;
  private final double[] sums;
  private final double[] squares;
  private final double[] products;
  private final double[] before;
  private long tokens;
  private long pairs;

  /**
   * @param channels of a token
   * @param transform makes coefficients of channels; null where they are the same
   * @param known means and deviations of a profile, which go with its transform; null where they are to be learned
   */
  public ModelLearner(int channels, ChannelTransform transform, CoefficientModel known) {
    this.channels = channels;
    this.transform = transform;
    this.known = known;
    row = new float[channels];
    origin = new double[channels];
    sums = new double[channels];
    squares = new double[channels];
    products = new double[channels];
    before = new double[channels];
  }

  /**
   * Takes tokens that follow the last ones.
   *
   * @param rows {@code count x channels} values from {@code at} on; are not changed
   * @param position of the first token
   */
  public void add(float[] rows, int at, int count, long position) {
    for (int t = 0; t < count; t++) {
      System.arraycopy(rows, at + t * channels, row, 0, channels);
      for (int c = 0; c < channels; c++) {
        // Infinities would spread over all coefficients.
        row[c] = Float.isFinite(row[c]) ? row[c] : 0;
      }
      if (transform != null) {
        transform.forward(row, 0, 1, position + t);
      }
      add();
    }
  }

  private void add() {
    if (tokens == 0) {
      for (int c = 0; c < channels; c++) {
        origin[c] = known == null ? row[c] : known.means()[c];
      }
    }
    for (int c = 0; c < channels; c++) {
      double value = row[c] - origin[c];
      sums[c] += value;
      squares[c] += value * value;
      products[c] += tokens == 0 ? 0 : value * before[c];
      before[c] = value;
    }
    pairs += tokens == 0 ? 0 : 1;
    tokens++;
  }

  /** The model of the tokens so far. */
  public CellModel model() {
    double[] variances = new double[channels];
    double[] correlations = new double[channels];
    for (int c = 0; c < channels; c++) {
      double mean = tokens == 0 ? 0 : sums[c] / tokens;
      double centred = Math.max(0, squares[c] - sums[c] * mean);
      variances[c] = tokens < 2 ? 0 : centred / (tokens - 1);
      double product = products[c] - mean * mean * pairs;
      correlations[c] = centred <= 0 ? 0 : Math.clamp(product / centred, -1, 1);
    }
    byte[] classes = tokens < LEAST_TOKENS ? null : correlationClasses(correlations);
    if (known != null) {
      int[] units = new int[channels];
      for (int c = 0; c < channels; c++) {
        units[c] = CellModel.units(known.deviations()[c]);
      }
      return new CellModel(transform, known.means(), units, classes, Integer.MAX_VALUE);
    }
    return learned(variances, classes);
  }

  private CellModel learned(double[] variances, byte[] classes) {
    boolean isPooled = tokens < LEAST_TOKENS;
    int[] units = new int[channels];
    if (isPooled) {
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        // Squares about 0: with so few tokens there are no means.
        double mean = tokens == 0 ? 1 : sums[c] / tokens + origin[c];
        sum += variances[c] + mean * mean;
      }
      Arrays.fill(units, ModelRecord.rounded(CellModel.units(StrictMath.sqrt(sum / channels))));
    } else {
      shrinkDeviations(variances, classes, units);
    }
    float[] means = new float[channels];
    ModelRecord.bound(units);
    for (int c = 0; c < channels; c++) {
      means[c] = isPooled ? 0 : ModelRecord.roundedMean(origin[c] + sums[c] / tokens, units[c]);
    }
    return new CellModel(transform, means, units, classes, Math.max(1, tokens));
  }

  private void shrinkDeviations(double[] variances, byte[] classes, int[] units) {
    double[] octaves = new double[channels];
    double sum = 0;
    int count = 0;
    for (int c = 0; c < channels; c++) {
      octaves[c] = variances[c] <= 0 ? Double.NaN : Logarithms.log2(variances[c]) / 2;
      if (variances[c] > 0) {
        sum += octaves[c];
        count++;
      }
    }
    double mean = count == 0 ? 0 : sum / count;
    double spread = 0;
    double chance = 0;
    for (int c = 0; c < channels; c++) {
      if (variances[c] > 0) {
        spread += (octaves[c] - mean) * (octaves[c] - mean);
        double rho = classes == null ? 0 : CellModel.correlation(classes[c]);
        chance += (1 + rho * rho) / (1 - rho * rho) * LOG2_E * LOG2_E / (2.0 * tokens);
      }
    }
    double kept = spread == 0 ? 1 : Math.max(0, 1 - chance / spread);
    for (int c = 0; c < channels; c++) {
      double octave = mean + kept * (octaves[c] - mean);
      units[c] = variances[c] <= 0 ? CellModel.LEAST_UNITS
          : ModelRecord.rounded((int) Math.clamp(
              StrictMath.rint(octave * DeviationLaws.OCTAVE), CellModel.LEAST_UNITS, CellModel.GREATEST_UNITS));
    }
  }

  /** Classes of correlations, or null where a transform of tokens saves too little. */
  private byte[] correlationClasses(double[] correlations) {
    double sum = 0;
    double square = 0;
    for (int c = 0; c < channels; c++) {
      // Without the mean of few tokens, neighbours seem to have less in common.
      correlations[c] = Math.clamp(correlations[c] + (1 + 4 * correlations[c]) / tokens, -1, 1);
      sum += correlations[c];
      square += correlations[c] * correlations[c];
    }
    double mean = sum / channels;
    double variance = Math.max(0, square / channels - mean * mean);
    double kept = variance == 0 ? 1 : Math.max(0, 1 - 1.0 / tokens / variance);
    byte[] classes = new byte[channels];
    double saved = 0;
    for (int c = 0; c < channels; c++) {
      classes[c] = (byte) CellModel.correlationClass(mean + kept * (correlations[c] - mean));
      saved += CellModel.savedBits(classes[c]);
    }
    return saved < LEAST_SAVED_BITS * channels ? null : classes;
  }

  /** A model of which nothing is known but a transform. */
  public static CellModel unknown(int channels, ChannelTransform transform) {
    return new CellModel(transform, new float[channels], new int[channels], null, 1);
  }
}
