package llm265.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import llm265.kernel.WarmingKernels;
import llm265.tensor.feedback.FeedbackKernels;
import llm265.tensor.feedback.ScalarFeedbackKernels;

/** {@link FeedbackKernels} with the Vector API: rows of a macroblock stay in registers, four at a time. */
public final class VectorFeedbackKernels extends WarmingKernels implements FeedbackKernels {
  private static final VectorSpecies<Float> FLOATS = LaneIndex.INTS.withLanes(float.class);
  private static final int SIDE = 16;

  /** A call saves about a microsecond. */
  private static final int CALLS = 50_000;

  private final ScalarFeedbackKernels scalar = new ScalarFeedbackKernels();

  public VectorFeedbackKernels() {
    super(CALLS);
  }

  @Override
  public void subtract(float[] values, int at, float[] factor, int factorAt, float[] errors, int errorsAt) {
    if (!isWarm()) {
      scalar.subtract(values, at, factor, factorAt, errors, errorsAt);
      return;
    }
    for (int x = 0; x < SIDE; x += FLOATS.length()) {
      for (int y = 0; y < SIDE; y += 4) {
        int row = at + SIDE * y + x;
        FloatVector v0 = FloatVector.fromArray(FLOATS, values, row);
        FloatVector v1 = FloatVector.fromArray(FLOATS, values, row + SIDE);
        FloatVector v2 = FloatVector.fromArray(FLOATS, values, row + 2 * SIDE);
        FloatVector v3 = FloatVector.fromArray(FLOATS, values, row + 3 * SIDE);
        for (int k = 0; k < SIDE; k++) {
          int share = factorAt + SIDE * k + y;
          FloatVector error = FloatVector.fromArray(FLOATS, errors, errorsAt + SIDE * k + x);
          v0 = v0.sub(error.mul(factor[share]));
          v1 = v1.sub(error.mul(factor[share + 1]));
          v2 = v2.sub(error.mul(factor[share + 2]));
          v3 = v3.sub(error.mul(factor[share + 3]));
        }
        v0.intoArray(values, row);
        v1.intoArray(values, row + SIDE);
        v2.intoArray(values, row + 2 * SIDE);
        v3.intoArray(values, row + 3 * SIDE);
      }
    }
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    FeedbackKernels kernels = vector ? new VectorFeedbackKernels() : scalar;
    float[] values = new float[SIDE * SIDE];
    float[] factor = new float[SIDE * SIDE];
    float[] errors = new float[SIDE * SIDE];
    return () -> kernels.subtract(values, 0, factor, 0, errors, 0);
  }
}
