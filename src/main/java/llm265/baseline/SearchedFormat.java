package llm265.baseline;

/** A format of blocks whose encoder can heed how much each value matters: GGUF's, with an importance matrix. */
interface SearchedFormat extends BlockFormat {
  @Override
  default void quantize(float[] values, int from, float[] decoded) {
    quantize(values, from, null, decoded);
  }

  /**
   * Quantizes a block.
   *
   * @param values those of the block begin at {@code from}
   * @param importance mean square of the input that each value of the block multiplies, or null if nothing is known
   * @param decoded receives what a reader makes of the block, at the same place
   */
  void quantize(float[] values, int from, double[] importance, float[] decoded);
}
