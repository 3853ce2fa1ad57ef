package llm265.tensor.trellis;

import llm265.h264.transform.LevelRecovery;
import llm265.numeric.Logarithms;
import llm265.tensor.values.TensorElements;

/**
 * How a tensor is coded on carriers at one step.
 *
 * @param step difference of neighbouring points of both quantizers together
 * @param bounds by class: deviation from the centre beyond which values are kept exactly; negative where all are
 * @param lambda squared steps that a bit is worth
 * @param costs what levels take
 * @param recovery how levels come back from samples
 * @param gain what values are in steps over what they became, on a sample: the search takes a little off
 */
record CarrierPoint(double step, double[] bounds, double lambda, CarrierCosts costs, LevelRecovery recovery, double gain) {
  /** Levels farther from 0 would be clipped before long. */
  private static final int GREATEST_LEVEL = 60;

  /** Values farther than so many steps from the centre are kept exactly in any case. */
  private static final int MOST_STEPS = 100_000;

  /** Octaves of the step within which costs serve as they are. */
  private static final double SAME = 0.06;

  /** A point whose bounds are as far as levels reach. */
  static CarrierPoint of(
      double step, float centre, double lambda, CarrierCosts costs, LevelRecovery recovery, double gain) {
    double[] bounds = new double[costs.classes()];
    for (int i = 0; i < bounds.length; i++) {
      double steps = Math.min(MOST_STEPS, (long) 2 * GREATEST_LEVEL << costs.lowBits(i));
      bounds[i] = Math.min(steps * step, TensorElements.GREATEST_CODED_MAGNITUDE - Math.abs(centre));
    }
    return new CarrierPoint(step, bounds, lambda, costs, recovery, gain);
  }

  CarrierPoint with(LevelRecovery newRecovery) {
    return new CarrierPoint(step, bounds, lambda, costs, newRecovery, gain);
  }

  boolean isAt(double other) {
    return octavesTo(other) < SAME;
  }

  double octavesTo(double other) {
    return Math.abs(Logarithms.log2(other / step));
  }

  CarrierPoint withStep(double newStep, float centre) {
    return of(newStep, centre, lambda, costs, recovery, gain);
  }
}
