package llm265.baseline;

/** A format of blocks of a fixed number of values, each a fixed number of bytes. No state; any thread may use it. */
interface BlockFormat {
  /** Values in a block. */
  int blockSize();

  /** Bytes of a block. */
  int blockBytes();

  /**
   * Quantizes a block.
   *
   * @param values those of the block begin at {@code from}
   * @param decoded receives what a reader makes of the block, at the same place
   */
  void quantize(float[] values, int from, float[] decoded);
}
