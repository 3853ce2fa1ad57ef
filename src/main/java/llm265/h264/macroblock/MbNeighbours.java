package llm265.h264.macroblock;

/**
 * 6.4.9 Derivation process for neighbouring macroblock addresses and their availability, for pictures without MBAFF.
 *
 * <p>A neighbour that is not available (outside the picture, in another slice, not yet decoded) has the index {@link
 * PictureMbState#unavailable()}, so that table look-ups need no test.
 */
public class MbNeighbours {
  /** mbAddrA, left. */
  public int a;
  /** mbAddrB, above. */
  public int b;
  /** mbAddrC, above right. */
  public int c;
  /** mbAddrD, above left. */
  public int d;

  public boolean availableA;
  public boolean availableB;
  public boolean availableC;
  public boolean availableD;

  /** Derives the neighbours of the macroblock at (mbX, mbY), which belongs to the slice numbered {@code slice}. */
  public void derive(PictureMbState state, int mbX, int mbY, int slice) {
    int width = state.widthInMbs;
    int[] sliceIndex = state.sliceIndex;
    int none = state.unavailable();
    int address = mbY * width + mbX;
    availableA = mbX > 0 && sliceIndex[address - 1] == slice;
    availableB = mbY > 0 && sliceIndex[address - width] == slice;
    availableC = mbY > 0 && mbX < width - 1 && sliceIndex[address - width + 1] == slice;
    availableD = mbY > 0 && mbX > 0 && sliceIndex[address - width - 1] == slice;
    a = availableA ? address - 1 : none;
    b = availableB ? address - width : none;
    c = availableC ? address - width + 1 : none;
    d = availableD ? address - width - 1 : none;
  }
}
