package llm265.tensor.feedback;

/**
 * Feedback within a tile of {@code inputs x outputs}, whose values lie macroblock by macroblock: that of macroblock mbAddr at row
 * y and column x at {@code 256 * mbAddr + 16 * y + x}. Used by one thread at a time.
 */
public final class BlockFeedback {
  private static final int SIDE = FeedbackFactor.BLOCK;
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
   * Takes up the errors of a row of macroblocks: changes the values of those below it.
   *
   * @param row of macroblocks
   * @param values of the tile; those of rows up to this one stay
   * @param differences what the values of this row are more than what they were coded as, macroblock by macroblock
   */
  public void take(int row, float[] values, float[] differences) {
    double sum = 0;
    for (int mb = 0; mb < mbWidth; mb++) {
      sum += whiten(row, differences, ELEMENTS * mb);
    }
    squaredError += sum;
    float[] later = factor.later(row);
    for (int below = row + 1; below < factor.blocks(); below++) {
      for (int mb = 0; mb < mbWidth; mb++) {
        FeedbackKernels.ACTIVE.subtract(
            values, ELEMENTS * (below * mbWidth + mb), later, ELEMENTS * (below - row - 1), errors, ELEMENTS * mb);
      }
    }
  }

  /** Makes E of the differences of a macroblock; returns the sum of its squares. */
  private double whiten(int row, float[] differences, int at) {
    float[] own = factor.own();
    double sum = 0;
    for (int k = 0; k < SIDE; k++) {
      for (int x = 0; x < SIDE; x++) {
        float error = 0;
        for (int i = 0; i <= k; i++) {
          error += own[ELEMENTS * row + SIDE * k + i] * differences[at + SIDE * i + x];
        }
        errors[at + SIDE * k + x] = error;
        sum += (double) error * error;
      }
    }
    return sum;
  }

  /** The squared error of the outputs so far, summed over them. */
  public double squaredError() {
    return squaredError;
  }
}
