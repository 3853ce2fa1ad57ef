package llm265.h264.decode;

import llm265.h264.macroblock.Macroblock;

/** Hears of every macroblock after it has been reconstructed, before deblocking. For tests and analysers. */
@FunctionalInterface
public interface MacroblockListener {
  /**
   * A macroblock of the picture being decoded.
   *
   * @param mb its syntax elements and levels; valid during the call only
   * @param sliceIndex number of its slice in the picture
   */
  void macroblock(Macroblock mb, int sliceIndex);
}
