package llm265.h264.encode;

import llm265.h264.Picture;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;

/** Decides how a macroblock is coded, with loss or without, and leaves the reconstruction in the picture. */
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
   * @param mbQpDeltaNotZero whether that macroblock had an mb_qp_delta other than 0
   * @return the macroblock to write, valid until the next call
   */
  Macroblock decide(int address, MbNeighbours neighbours, int qpY, int qpYPred, boolean mbQpDeltaNotZero);

  /** Turns the macroblock that was decided last into I_PCM: the source's samples as they are. */
  Macroblock asPcm();
}
