package llm265.rate;

/** How the bits of a file are shared between its tensors. */
public enum Allocation {
  /** The same number of bits for each value. */
  UNIFORM,

  /**
   * {@code k l + b} bits per value for the tensors of layer {@code l}. {@code k} is the slope with the least total squared
   * error, and {@code b} makes the sum meet the budget. Tensors that belong to no layer get the mean.
   */
  LINEAR,

  /**
   * The least total squared error that the budget allows: every tensor is at the point of its curve where one more bit saves
   * as much error as in any other tensor. At high rates the curves are parallel. The mean squared error is then the same
   * everywhere, so that a tensor of twice the deviation gets one bit more.
   */
  SLOPE,

  /**
   * The least sum of relative errors: each tensor's squared error as a share of its variance, whatever the number of its values.
   * The size of values says little about a tensor's worth to a model, since a matrix may be scaled down, and the one that takes
   * its output scaled up; and what a matrix adds to a model's state has the relative error of the matrix.
   */
  RELATIVE
}
