package llm265.tensor.analysis;

import llm265.numeric.Logarithms;
import llm265.tensor.values.TensorElements;

/**
 * Which values of a tensor become samples, and how finely. The choice depends on what it costs to keep the others exactly.
 *
 * @param centre value of sample 128 while coding
 * @param deviation standard deviation of the values that become samples; 0 if only values equal to the centre do
 * @param limit greatest deviation from the centre that becomes a sample; if negative, all values are kept exactly
 * @param levelDeviation wanted standard deviation of the levels
 * @param greatestLevel greatest magnitude of a level: {@link #GREATEST_LEVEL}, or more before a transform that spreads it
 * @param meanDeviation mean magnitude of the deviations of values that become samples, over their standard deviation; .798 for
 *     Gaussian values, less for heavy tails
 */
public record SampleRange(
    float centre, double deviation, double limit, double levelDeviation, int greatestLevel, double meanDeviation) {
  /** Greatest level of a sample. With 128 levels below the middle the range would be lopsided. */
  public static final int GREATEST_LEVEL = 127;

  /**
   * Greatest level before the pre-inverse transform: an AC coefficient of that size makes samples of at most .4 of it. Sums of
   * many such coefficients are clipped, which is rare.
   */
  public static final int GREATEST_PRE_INVERSE_LEVEL = 254;

  /**
   * A greater deviation gains nothing, even at 8 bits: rounding to eight bits then costs less than a hundredth of a bit at 5
   * bits per value.
   */
  private static final double MAX_LEVEL_DEVIATION = 48;

  /** A list of n outliers costs about this much more per position than log2(values / n) bits. */
  private static final double GAP_OVERHEAD = 1.5;

  /** Sums of many levels are nearly Gaussian: a sample then has room for four of these deviations. */
  private static final double MAX_PRE_INVERSE_DEVIATION = 29;

  private static final double MAX_OUTLIER_SHARE = 0.5;

  /** Below this the step between levels would be denormal, and so would the reconstruction. */
  private static final double LEAST_DEVIATION = 0x1p-110;

  /**
   * The range with the least modelled distortion at a rate. Let T be the limit of the values, V(T) their variance, p the share
   * of values outside, and S = 127 V^1/2 / T the level deviation. Then the range minimizes
   *
   * <p>{@code 1/2 log2 V + p (bits of an outlier + log2 1/p + 1.5) + 1/2 log2(1 + 1/12 / (D S^2))}
   *
   * <p>where D is the wanted distortion relative to V. Narrower ranges have less to code and make finer samples, but cost
   * outliers, which may take up to half of the rate.
   *
   * @param bitsPerValue number of bits of an outlier's value
   * @param targetBits wanted bits per value
   * @param relativeError expected mean squared error at that rate, as a share of the variance
   * @param greatestLevel greatest magnitude of a level, instead of 127
   * @param roundingNoise variance of rounding the reconstruction to a sample, levels^2, instead of 1/12
   */
  public static SampleRange choose(
      TensorStatistics statistics, double bitsPerValue, double targetBits, double relativeError, int greatestLevel,
      double roundingNoise) {
    long finite = statistics.values() - statistics.notFinite();
    if (statistics.isConstant()) {
      return new SampleRange(finite == 0 ? 0 : statistics.least(), 0, 0, MAX_LEVEL_DEVIATION, greatestLevel, 1);
    }
    Candidate best = null;
    Inliers inliers = new Inliers(statistics.centre());
    for (int magnitude = 0; magnitude < ValueHistogram.infinity(); magnitude++) {
      if (!inliers.addBin(statistics.histogram(), magnitude)) {
        continue;
      }
      double limit = ValueHistogram.lowerEdge(magnitude + 1);
      if (limit + Math.abs(statistics.centre()) > TensorElements.GREATEST_CODED_MAGNITUDE) {
        break;
      }
      double outside = (finite - inliers.count) / finite;
      double outlierBits = outside > 0 ? outside * (bitsPerValue - Logarithms.log2(outside) + GAP_OVERHEAD) : 0;
      if (outlierBits <= MAX_OUTLIER_SHARE * targetBits) {
        Candidate candidate = inliers.candidate(limit, outlierBits, roundingNoise / relativeError, greatestLevel);
        best = best == null || candidate.cost < best.cost ? candidate : best;
      }
    }
    if (best == null || best.deviation > 0 && best.deviation < LEAST_DEVIATION) {
      return new SampleRange(0, 0, -1, MAX_LEVEL_DEVIATION, greatestLevel, 1);
    }
    return new SampleRange(
        (float) best.mean, best.deviation, best.limit, best.levelDeviation, greatestLevel, best.meanDeviation);
  }

  /** The same range about another centre. */
  public SampleRange withCentre(float newCentre) {
    return new SampleRange(newCentre, deviation, limit, levelDeviation, greatestLevel, meanDeviation);
  }

  private record Candidate(
      double cost, double mean, double deviation, double limit, double levelDeviation, double meanDeviation) {}

  /** Count, sum and sum of squares of the bins up to a magnitude. */
  private static final class Inliers {
    private final double centre;
    private double count;
    private double sum;
    private double squares;
    private double magnitudes;

    Inliers(double centre) {
      this.centre = centre;
    }

    /** Returns false if the bin is empty. */
    boolean addBin(ValueHistogram histogram, int magnitude) {
      long positive = histogram.positive(magnitude);
      long negative = histogram.negative(magnitude);
      double middle = ValueHistogram.middle(magnitude);
      count += positive + negative;
      sum += (positive - negative) * middle;
      squares += (positive + negative) * middle * middle;
      magnitudes += (positive + negative) * middle;
      return positive + negative > 0;
    }

    Candidate candidate(double limit, double outlierBits, double relativeNoise, int greatestLevel) {
      double mean = sum / count;
      double variance = squares / count - mean * mean;
      if (variance <= 0) {
        // All inliers are equal: most values of a sparse tensor. The others are exact, so no range is better.
        return new Candidate(Double.NEGATIVE_INFINITY, centre, 0, 0, MAX_LEVEL_DEVIATION, 1);
      }
      double deviation = Math.sqrt(variance);
      // If the mean moves the centre, the range must reach further on one side.
      double reach = limit + Math.abs(mean);
      double most = greatestLevel > GREATEST_LEVEL ? MAX_PRE_INVERSE_DEVIATION : MAX_LEVEL_DEVIATION;
      double levelDeviation = Math.min(most, greatestLevel * deviation / reach);
      double rounding = 0.5 * Logarithms.log2(1 + relativeNoise / (levelDeviation * levelDeviation));
      return new Candidate(
          0.5 * Logarithms.log2(variance) + outlierBits + rounding, centre + mean, deviation, reach, levelDeviation,
          magnitudes / count / deviation);
    }
  }
}
