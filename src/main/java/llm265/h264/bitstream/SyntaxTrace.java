package llm265.h264.bitstream;

import llm265.h264.StreamException;

/**
 * Receives every syntax element in bitstream order, under its name in the standard: the elements of headers, and those of
 * slice data from the macroblock layer down to residual blocks.
 *
 * <p>Bit positions are counted in the RBSP, without the NAL unit header. CABAC elements have no bits of their own. Their position
 * is that of the standard's reader: the number of bits of the RBSP that read_bits( 1 ) has taken so far. It is 9 when the
 * arithmetic decoding engine is initialized and grows by one with each doubling of codIOffset (9.3.1.2, 9.3.3.2).
 */
@FunctionalInterface
public interface SyntaxTrace {
  /** Stands for a ctxIdx: the bin comes from the bypass decoding process, which has no context variable. */
  int BYPASS = -1;

  /** ctxIdx of the bins before termination, which has no context variable either. */
  int TERMINATE = 276;

  /** 7.3.5.3.3, the structure of a residual block under CABAC. */
  String RESIDUAL_BLOCK_CABAC = "residual_block_cabac";

  /** 7.3.5.3.2, the structure of a residual block under CAVLC. */
  String RESIDUAL_BLOCK_CAVLC = "residual_block_cavlc";

  /**
   * A syntax element has been read.
   *
   * @param name name as in clause 7.3, with index where it is an array
   * @param bitPosition position of its first bit in the RBSP; under CABAC, the reader's position before its first bin
   * @param bits number of bits it takes, 1 or more; under CABAC, the number of bits that the reader has moved on, which may be
   *     0
   * @param value its value; flags are 0 or 1, coeff_token is {@code 4 * TotalCoeff + TrailingOnes}
   */
  void element(String name, long bitPosition, int bits, long value);

  /** Bytes that are read at once, such as those of an SEI payload; the listener must not change them. */
  default void bytes(String name, long bitPosition, byte[] value) {}

  /** A syntax structure of its own, such as {@code vui_parameters}, begins. */
  default void begin(String structure) {}

  /** The structure that began last ends, or a fault ends it. */
  default void end() {}

  /** A fault was found in what follows; it is not needed for decoding and is left out. */
  default void leftOut(StreamException fault) {}

  /** A macroblock begins. If the mb_field_decoding_flag of its pair is sent with it, this comes before the flag. */
  default void macroblock(int mbAddr) {}

  /**
   * A structure residual_block_cabac() or residual_block_cavlc() begins, which {@link #end} ends.
   *
   * @param structure {@link #RESIDUAL_BLOCK_CABAC} or {@link #RESIDUAL_BLOCK_CAVLC}
   * @param levels the block in the terms of Table 9-42 with its indices, such as {@code LumaLevel4x4[3]} or {@code
   *     ChromaACLevel[1][2]}
   * @param maxNumCoeff maxNumCoeff
   * @param nC nC of 9.2.1; 0 under CABAC
   */
  default void residualBlock(String structure, String levels, int maxNumCoeff, int nC) {
    begin(structure);
  }

  /**
   * A bin of the element that is reported next has been decoded (9.3.3.2); the state is the one before it.
   *
   * @param ctxIdx ctxIdx, {@link #BYPASS} or {@link #TERMINATE}
   * @param pStateIdx pStateIdx of the context variable, 0 if there is none
   * @param valMps valMPS of the context variable, 0 if there is none
   * @param codIRange codIRange, 256 to 510
   * @param codIOffset codIOffset, less than codIRange
   * @param bitPosition position of the reader
   * @param binVal the bin, 0 or 1
   */
  default void bin(
      int ctxIdx, int pStateIdx, int valMps, int codIRange, int codIOffset, long bitPosition, int binVal) {}
}
