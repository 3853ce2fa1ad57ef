package llm265.tensor.feedback;

/**
 * Feedback within a tile of {@code inputs x outputs}, whose values lie macroblock by macroblock: that of macroblock mbAddr at row
 * y and column x at {@code 256 * mbAddr + 16 * y + x}. Used by one thread at a time.
 */
public final class BlockFeedback {
  private static final int SIDE = FeedbackFactor.BAND;
  private static final int ELEMENTS = FeedbackFactor.ELEMENTS;

  private final FeedbackFactor factor;
  private final int mbWidth;
  private final float[] errors;
  private double squaredError;

  /** @param mbWidth macroblocks in a row */
  public BlockFeedback(FeedbackFactor factor, int mbWidth) {
    this.factor = factor;
    this.mbWidth = mbWidth;
    errors = new float[ELEMENTS * mbWidth];
  }

  /**
   * Takes up the errors of a block of inputs: changes the values of those below it.
   *
   * @param block number of the block; all are taken one after the other
   * @param values of the tile; those of inputs up to these stay
   * @param differences what the values of the inputs are more than what they were coded as; those of the block's band, a row of
   *     macroblocks, of which only the block is read
   */
  public void take(int block, float[] values, float[] differences) {
    int band = block * factor.block() / SIDE;
    int first = block * factor.block() % SIDE;
    int end = first + factor.block();
    double sum = 0;
    for (int mb = 0; mb < mbWidth; mb++) {
      sum += whiten(band, first, end, differences, ELEMENTS * mb);
    }
    squaredError += sum;
    if (end < SIDE) {
      for (int mb = 0; mb < mbWidth; mb++) {
        handOnWithin(band, first, end, values, ELEMENTS * (band * mbWidth + mb), ELEMENTS * mb);
      }
      return;
    }
    float[] later = factor.later(band);
    for (int below = band + 1; below < factor.bands(); below++) {
      for (int mb = 0; mb < mbWidth; mb++) {
        FeedbackKernels.ACTIVE.subtract(
            values, ELEMENTS * (below * mbWidth + mb), later, ELEMENTS * (below - band - 1), errors, ELEMENTS * mb);
      }
    }
  }

  /** Makes E of the differences of a block in a macroblock; returns the sum of its squares. */
  private double whiten(int band, int first, int end, float[] differences, int at) {
    float[] own = factor.own();
    double sum = 0;
    for (int k = first; k < end; k++) {
      for (int x = 0; x < SIDE; x++) {
        float error = 0;
        for (int i = first; i <= k; i++) {
          error += own[ELEMENTS * band + SIDE * k + i] * differences[at + SIDE * i + x];
        }
        errors[at + SIDE * k + x] = error;
        sum += (double) error * error;
      }
    }
    return sum;
  }

  /** Takes the product of E and the factor from the rest of a macroblock. */
  private void handOnWithin(int band, int first, int end, float[] values, int at, int errorsAt) {
    float[] within = factor.within();
    for (int y = end; y < SIDE; y++) {
      for (int k = first; k < end; k++) {
        float share = within[ELEMENTS * band + SIDE * k + y];
        for (int x = 0; x < SIDE; x++) {
          values[at + SIDE * y + x] -= share * errors[errorsAt + SIDE * k + x];
        }
      }
    }
  }

  /**
   * The product of what this and another feedback of the same factor have handed on for the band that both took last: summed up
   * over all bands, the product of the errors that they make in the outputs.
   */
  public double product(BlockFeedback other) {
    double sum = 0;
    for (int i = 0; i < errors.length; i++) {
      sum += (double) errors[i] * other.errors[i];
    }
    return sum;
  }

  /** The squared error of the outputs so far, summed over them. */
  public double squaredError() {
    return squaredError;
  }
}
