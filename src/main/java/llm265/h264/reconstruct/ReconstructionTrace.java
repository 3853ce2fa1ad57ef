package llm265.h264.reconstruct;

import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;

/** Receives what happens while samples are made, block by block in decoding order. */
public interface ReconstructionTrace {
  /** A macroblock begins. The objects are valid during the call only. */
  void begin(Macroblock mb, MbNeighbours around);

  /** Whether the blocks of the macroblock that has begun are wanted, which costs several times the work. */
  default boolean wantsBlocks() {
    return true;
  }

  /** A block of the macroblock is constructed; I_PCM macroblocks have none. The object is valid during the call only. */
  void block(TracedBlock block);
}
