package llm265.reference.decoder;

/**
 * Is told of every step of decoding, in the order in which the standard takes them. All methods do nothing unless they are
 * overridden; arrays belong to the decoder and must not be changed.
 */
public interface Watcher {
  /** Looks at nothing. */
  Watcher NONE = new Watcher() {};

  /** 7.3.1: a NAL unit begins. */
  default void nalUnit(int nalRefIdc, int nalUnitType) {}

  /** 7.3: a syntax structure begins; what follows belongs to it until {@link #end}. */
  default void begin(String structure, String clause) {}

  /** The innermost syntax structure ends. */
  default void end() {}

  /** 7.4: a syntax element of the structure, under the name of the standard. */
  default void element(String name, long value) {}

  /** 9.3: a bin; the element that it belongs to follows its last bin. */
  default void bin(Bin bin) {}

  /** 7.3.4: the macroblock with an address begins. */
  default void macroblock(int mbAddr) {}

  /** 7.3.5.3: a residual block begins, named as in Table 9-42, such as {@code LumaLevel4x4[3]}. */
  default void residualBlock(String levels, int maxNumCoeff) {}

  /** 8.5.2 and 8.5.4: the DC coefficients of a macroblock have been transformed. */
  default void dcTransform(String levels, int[][] c, int[][] dc) {}

  /** 8.5: a block of samples has been constructed. */
  default void transformBlock(TransformBlock block) {}

  /** 8.7: the edges of a macroblock have been filtered; later macroblocks still change samples at its right and lower edge. */
  default void deblocked(int mbAddr, int cIdx, int[][] samples) {}

  /**
   * A bin and the state of the arithmetic decoding engine around it.
   *
   * @param ctxIdx ctxIdx; 276 for a bin before termination, -1 for a bypass bin
   * @param pStateIdx pStateIdx before the bin; 0 without a context variable
   * @param valMps valMPS before the bin; 0 without a context variable
   * @param codIRange codIRange before the bin
   * @param codIOffset codIOffset before the bin
   * @param codIRangeAfter codIRange after the bin
   * @param codIOffsetAfter codIOffset after the bin
   */
  record Bin(
      int binVal, int ctxIdx, int pStateIdx, int valMps, int codIRange, int codIOffset, int codIRangeAfter,
      int codIOffsetAfter) {}

  /**
   * A block on its way from levels to samples; matrices are indexed by row, then column.
   *
   * @param name the list of its levels
   * @param levels the list of levels, in the order of the scan; with the DC coefficient in front where it has its own transform
   * @param d scaled transform coefficients
   * @param r residual samples
   * @param pred prediction samples
   * @param u constructed samples, before deblocking
   */
  record TransformBlock(String name, int[] levels, int[][] d, int[][] r, int[][] pred, int[][] u) {}
}
