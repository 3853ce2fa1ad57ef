package llm265.reference.decoder;

/**
 * 7.4.5.3 Residual data semantics, Table 9-42: the transform coefficient levels of one macroblock, or its I_PCM samples. The
 * first index of a list is the colour component: 0 for Y, 1 for Cb, 2 for Cr. Levels that are not sent are 0.
 */
final class Levels {
  final int[][] intra16x16DcLevel = new int[3][16];

  /** By luma4x4BlkIdx. */
  final int[][][] intra16x16AcLevel = new int[3][16][15];

  /** By luma4x4BlkIdx. */
  final int[][][] level4x4 = new int[3][16][16];

  /** By luma8x8BlkIdx. */
  final int[][][] level8x8 = new int[3][4][64];

  /** Four of them in 4:2:0, eight in 4:2:2. */
  final int[][] chromaDcLevel = new int[3][8];

  /** By chroma4x4BlkIdx. */
  final int[][][] chromaAcLevel = new int[3][8][15];

  final int[] pcmSampleLuma = new int[256];

  /** Those of Cb, then those of Cr. */
  final int[] pcmSampleChroma = new int[512];
}
