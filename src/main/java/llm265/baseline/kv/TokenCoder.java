package llm265.baseline.kv;

/** Codes keys, or values, of successive tokens of one layer. May hold what it learnt from earlier tokens of its sequence. */
public interface TokenCoder {
  /**
   * Replaces tokens by what a reader gets of them.
   *
   * @param rows {@code tokens x width} floats from {@code at} on
   * @param position of the first token
   * @return bits that they take
   */
  long code(float[] rows, int at, int tokens, int position);

  /** Bits that it takes once for the whole sequence. */
  default long sideBits() {
    return 0;
  }
}
