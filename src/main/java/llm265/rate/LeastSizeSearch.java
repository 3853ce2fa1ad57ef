package llm265.rate;

/**
 * Finds the quantizer step at which a tensor takes the fewest bytes, if this is neither the finest nor the coarsest: finer
 * steps cost bits, and with coarser ones more values must be kept exactly.
 *
 * <p>Walks downhill from a first guess in steps of half an octave, on an excerpt if there is one. Ends with the parabola through
 * the lowest point and its neighbours.
 */
public final class LeastSizeSearch {
  private static final double STRIDE = 0.5;

  /** No first guess is farther off than this, in octaves. */
  private static final double REACH = 6;

  private final RateController.Trial trial;
  private final double levelDeviation;
  private int passes;
  private QuantizerPoint coded;
  private RateController.Measurement measured;

  private LeastSizeSearch(RateController.Trial trial, double levelDeviation) {
    this.trial = trial;
    this.levelDeviation = levelDeviation;
  }

  /**
   * Codes a tensor in the fewest bytes.
   *
   * @param log2Ratio ratio of step to deviation to start from
   * @param levelDeviation the wanted standard deviation of the levels
   */
  public static RateController.Outcome code(RateController.Trial trial, double log2Ratio, double levelDeviation) {
    return new LeastSizeSearch(trial, levelDeviation).search(log2Ratio);
  }

  private RateController.Outcome search(double start) {
    double middle = start;
    double size = size(middle);
    double finer = size(middle - STRIDE);
    double coarser = size(middle + STRIDE);
    while (finer < size && middle > start - REACH) {
      middle -= STRIDE;
      coarser = size;
      size = finer;
      finer = size(middle - STRIDE);
    }
    while (coarser < size && middle < start + REACH) {
      middle += STRIDE;
      finer = size;
      size = coarser;
      coarser = size(middle + STRIDE);
    }
    double bend = finer - 2 * size + coarser;
    double move = bend > 0 ? STRIDE * Math.clamp((finer - coarser) / (2 * bend), -0.5, 0.5) : 0;
    QuantizerPoint best = point(middle + move);
    if (!trial.hasExcerpt() && codeWhole(best).bitsPerValue() > size) {
      best = point(middle);
    }
    codeWhole(best);
    return new RateController.Outcome(best, measured, passes);
  }

  private QuantizerPoint point(double log2Ratio) {
    return QuantizerPoint.of(log2Ratio, levelDeviation, trial.leastQp());
  }

  private double size(double log2Ratio) {
    QuantizerPoint point = point(log2Ratio);
    return (trial.hasExcerpt() ? trial.rough(point) : codeWhole(point)).bitsPerValue();
  }

  private RateController.Measurement codeWhole(QuantizerPoint point) {
    if (!point.equals(coded)) {
      coded = point;
      measured = trial.code(point);
      passes++;
    }
    return measured;
  }
}
