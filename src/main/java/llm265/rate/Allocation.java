package llm265.rate;

/** How the bits of a file are shared between its tensors. */
public enum Allocation {
  /** The same number of bits for each value. */
  UNIFORM,

  /**
   * {@code k l + b} bits per value for the tensors of layer {@code l}: of all slopes {@code k} the one with the least total
   * squared error, while {@code b} makes the sum meet the budget. Tensors that belong to no layer take the mean.
   */
  LINEAR,

  /**
   * The least total squared error that the budget allows: every tensor at the point of its curve where one more bit saves as much
   * error as it does in any other. Where the curves are parallel, as they are at high rates, that is the same mean squared error
   * everywhere, so that a tensor of twice the deviation has one bit more.
   */
  SLOPE
}
