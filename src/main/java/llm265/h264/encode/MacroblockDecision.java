package llm265.h264.encode;

import llm265.h264.Picture;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;

/** Makes of a macroblock's samples what is sent, and leaves the reconstruction in the picture: with loss or without. */
interface MacroblockDecision {
  /**
   * Begins a slice.
   *
   * @param size number of its macroblocks
   */
  void begin(Picture source, Picture reconstruction, int size);

  /**
   * Decides one macroblock.
   *
   * @param qpY wanted QPY
   * @param qpYPred QPY of the macroblock before it in the slice
   * @param mbQpDeltaNotZero whether that one sent an mb_qp_delta other than 0
   * @return the macroblock to write, valid until the next call
   */
  Macroblock decide(int address, MbNeighbours neighbours, int qpY, int qpYPred, boolean mbQpDeltaNotZero);

  /** Makes the macroblock that was decided last I_PCM: the source's samples as they are. */
  Macroblock asPcm();
}
