package llm265.h264.deblock;

import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/**
 * 8.7.1 and 8.7.2 for all edges of one direction in one plane of a macroblock. Implementations have no state; any thread may
 * use them.
 *
 * <p>Edges are 4 samples apart; bit e of {@code edges} says that the edge before sample 4 * e is filtered. They are filtered in
 * order, each on the results of the one before. Sample q0 of the first edge lies at {@code offset}. Its neighbour across the
 * edge, p0, lies {@code across} elements before it; the next sample of the edge lies {@code along} elements after it. One of
 * the two steps is 1.
 *
 * <p>{@code thresholds} has three elements for edge 0, the macroblock's own, and three for the others: alpha, beta, and tC0 for
 * bS = 3, or -1 for bS = 4. Samples are in 0..maxSample. {@code scratch} has at least {@link #SCRATCH} elements with undefined
 * contents.
 */
public interface DeblockKernels {
  /** Elements that a scratch array must have. */
  int SCRATCH = 768;

  /** The implementation in use. */
  DeblockKernels ACTIVE =
      KernelLoader.load(DeblockKernels.class, new ScalarDeblockKernels(), "llm265.vector.VectorDeblockKernels");

  /**
   * Edges of 16 samples, chromaStyleFilteringFlag = 0: luma, and Cb and Cr in 4:4:4. If edge 0 is filtered, the plane extends
   * for another macroblock beyond it.
   */
  void filterLuma(short[] samples, int offset, int across, int along, int edges, int[] thresholds, int maxSample,
      @Scratch short[] scratch);

  /**
   * Edges of {@code length} samples, chromaStyleFilteringFlag = 1.
   *
   * @param length 8 or 16
   */
  void filterChroma(
      short[] samples, int offset, int across, int along, int length, int edges, int[] thresholds, int maxSample);
}
