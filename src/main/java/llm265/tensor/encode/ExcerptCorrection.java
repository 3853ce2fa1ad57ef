package llm265.tensor.encode;

import java.util.function.DoubleUnaryOperator;
import llm265.numeric.Logarithms;
import llm265.rate.GaussianModel;
import llm265.rate.QuantizerPoint;
import llm265.tensor.tools.ScaleClasses;

/**
 * Corrects an excerpt's rate and error for its variance and its mix of scale classes, both of which are known exactly for the
 * whole. Without the correction, a few rows of a table whose rows have scales of their own were off by a tenth of a bit.
 *
 * @param bits bits per value to add
 * @param error factor of the mean squared error
 */
record ExcerptCorrection(double bits, double error) {
  /** The slope of the rate is taken over this many octaves on either side of a step. */
  private static final double SLOPE_STEP = 0.1;

  /**
   * The correction of an excerpt.
   *
   * @param point the point with which it was coded, for values of the reference class
   * @param meanSquaredLevel mean squared level of its values over the factors of their classes
   * @param sample shares of the classes in it, by class
   * @param whole the same for the whole tensor
   */
  ExcerptCorrection(QuantizerPoint point, double meanSquaredLevel, double[] sample, double[] whole, int referenceClass) {
    this(
        bits(point, meanSquaredLevel, sample, whole, referenceClass),
        mean(whole, k -> error(point, k, referenceClass)) / mean(sample, k -> error(point, k, referenceClass)));
  }

  private static double bits(QuantizerPoint point, double meanSquaredLevel, double[] sample, double[] whole, int referenceClass) {
    double log2Ratio = point.log2Ratio();
    DoubleUnaryOperator model = k -> GaussianModel.bits(log2Ratio(point, k, referenceClass));
    double difference = mean(whole, model) - mean(sample, model);
    if (meanSquaredLevel == 0) {
      return difference;
    }
    double slope = (GaussianModel.bits(log2Ratio - SLOPE_STEP) - GaussianModel.bits(log2Ratio + SLOPE_STEP)) / (2 * SLOPE_STEP);
    return difference + slope * 0.5 * Logarithms.log2(point.levelDeviation() * point.levelDeviation() / meanSquaredLevel);
  }

  private static double error(QuantizerPoint point, double scaleClass, int referenceClass) {
    double factor = ScaleClasses.factor((int) scaleClass);
    return GaussianModel.relativeError(log2Ratio(point, scaleClass, referenceClass)) * factor * factor;
  }

  /** Values of a smaller scale are coded with a correspondingly larger step. */
  private static double log2Ratio(QuantizerPoint point, double scaleClass, int referenceClass) {
    return point.log2Ratio() + (scaleClass - referenceClass) / ScaleClasses.OCTAVE;
  }

  private static double mean(double[] shares, DoubleUnaryOperator ofClass) {
    double mean = 0;
    for (int k = 0; k < shares.length; k++) {
      mean += shares[k] == 0 ? 0 : shares[k] * ofClass.applyAsDouble(k);
    }
    return mean;
  }
}
