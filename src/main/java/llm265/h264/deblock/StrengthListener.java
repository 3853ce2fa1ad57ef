package llm265.h264.deblock;

/** Receives bS of the luma edges that the deblocking filter filters (8.7.2.1), each once. */
@FunctionalInterface
public interface StrengthListener {
  /**
   * An edge. All macroblocks are intra, so bS is the same all along it.
   *
   * @param mbAddr the macroblock whose edge it is
   * @param verticalEdge whether it is vertical
   * @param edge 0 for the macroblock's own edge on the left or at the top, 1 to 3 for the edges 4, 8 and 12 samples from it
   * @param bS 3 or 4
   */
  void edge(int mbAddr, boolean verticalEdge, int edge, int bS);
}
