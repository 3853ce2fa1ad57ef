package llm265.h264.bitstream;

/** Hears of every syntax element of a header in bitstream order, under its name in the standard. */
@FunctionalInterface
public interface SyntaxTrace {
  /**
   * A syntax element has been read.
   *
   * @param name name as in clause 7.3, with index where it is an array
   * @param bitPosition position of its first bit in the RBSP, the NAL unit header not counted
   * @param bits number of bits it takes
   * @param value its value
   */
  void element(String name, long bitPosition, int bits, long value);
}
