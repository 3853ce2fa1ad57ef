package llm265.h264.bitstream;

import llm265.h264.StreamException;

/** Hears of every syntax element of a header in bitstream order, under its name in the standard. */
@FunctionalInterface
public interface SyntaxTrace {
  /**
   * A syntax element has been read.
   *
   * @param name name as in clause 7.3, with index where it is an array
   * @param bitPosition position of its first bit in the RBSP, the NAL unit header not counted
   * @param bits number of bits it takes
   * @param value its value; flags are 0 or 1
   */
  void element(String name, long bitPosition, int bits, long value);

  /** Bytes that are read at once, such as those of an SEI payload; not to be changed. */
  default void bytes(String name, long bitPosition, byte[] value) {}

  /** A syntax structure of its own, such as {@code vui_parameters}, begins. */
  default void begin(String structure) {}

  /** The structure that began last ends, or a fault ends it. */
  default void end() {}

  /** A fault has been found in what follows, which is not needed for decoding and is left out. */
  default void leftOut(StreamException fault) {}
}
