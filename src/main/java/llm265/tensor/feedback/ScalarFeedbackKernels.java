package llm265.tensor.feedback;

/** The reference of {@link FeedbackKernels}. */
public final class ScalarFeedbackKernels implements FeedbackKernels {
  private static final int SIDE = FeedbackFactor.BAND;

  @Override
  public void subtract(float[] values, int at, float[] factor, int factorAt, float[] errors, int errorsAt) {
    for (int y = 0; y < SIDE; y++) {
      int row = at + SIDE * y;
      for (int k = 0; k < SIDE; k++) {
        float share = factor[factorAt + SIDE * k + y];
        for (int x = 0; x < SIDE; x++) {
          values[row + x] -= share * errors[errorsAt + SIDE * k + x];
        }
      }
    }
  }
}
