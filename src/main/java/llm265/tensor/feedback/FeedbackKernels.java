package llm265.tensor.feedback;

import llm265.kernel.KernelLoader;

/**
 * Products of blocks of 16 x 16 numbers, row by row. Implementations have no state; any thread may use them. Floats are binary32,
 * one product and one sum after the other.
 */
public interface FeedbackKernels {
  /** The implementation in use. */
  FeedbackKernels ACTIVE =
      KernelLoader.load(FeedbackKernels.class, new ScalarFeedbackKernels(), "llm265.vector.VectorFeedbackKernels");

  /**
   * Takes the product of a transposed block and errors from values: {@code values[at + 16 y + x] -= factor[factorAt + 16 k + y] *
   * errors[errorsAt + 16 k + x]} for k from 0 to 15, in this order.
   *
   * @param values of a macroblock
   * @param errors of a macroblock
   */
  void subtract(float[] values, int at, float[] factor, int factorAt, float[] errors, int errorsAt);
}
