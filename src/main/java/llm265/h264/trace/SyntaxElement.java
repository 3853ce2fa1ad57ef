package llm265.h264.trace;

import java.util.List;
import llm265.h264.bitstream.SyntaxTrace;

/**
 * A syntax element of a stream, as {@link SyntaxListener} hears of it.
 *
 * @param structure the syntax structure that it is in, named as in clause 7.3, such as {@code slice_header} or {@code mb_pred}
 * @param clause the clause with that structure's syntax table
 * @param name its name in the standard, with index where it is an array
 * @param bitPosition position of its first bit in the RBSP, the NAL unit header not counted; of an element that CABAC codes the
 *     number of bits of the RBSP that the arithmetic decoding engine has read before its first bin
 * @param bits number of its bits; of an element that CABAC codes those that the engine reads while it decodes its bins, which may
 *     be 0
 * @param value its value, flags 0 or 1, coeff_token {@code 4 * TotalCoeff + TrailingOnes}; of a row of bytes, how many there are
 * @param code its bits, or its bins where CABAC codes it, as 0 and 1 in the order of decoding; of a row of bytes {@code x} and
 *     their hexadecimal digits
 * @param bins its bins; empty where CABAC does not code it
 */
public record SyntaxElement(
    String structure, String clause, String name, long bitPosition, long bits, long value, String code, List<Bin> bins) {
  private static final String COEFF_TOKEN = "coeff_token";

  /**
   * A bin and the state of the arithmetic decoding engine before it (9.3.3.2).
   *
   * @param binVal the bin, 0 or 1
   * @param bitPosition number of bits of the RBSP that the engine has read
   * @param ctxIdx ctxIdx; 276 for a bin before termination, {@link SyntaxTrace#BYPASS} for a bypass bin
   * @param pStateIdx pStateIdx of the context variable; 0 for bins without one
   * @param valMps valMPS likewise
   * @param codIRange codIRange, 256 to 510
   * @param codIOffset codIOffset, less than codIRange
   */
  public record Bin(
      int binVal, long bitPosition, int ctxIdx, int pStateIdx, int valMps, int codIRange, int codIOffset) {
    /** Whether a context variable takes part in it. */
    public boolean hasContext() {
      return ctxIdx != SyntaxTrace.BYPASS && ctxIdx != SyntaxTrace.TERMINATE;
    }
  }

  /** Whether it is coeff_token, whose value is two numbers in one. */
  public boolean isCoeffToken() {
    return name.equals(COEFF_TOKEN);
  }

  /** TrailingOnes of a coeff_token. */
  public int trailingOnes() {
    return (int) value & 3;
  }

  /** TotalCoeff of a coeff_token. */
  public int totalCoeff() {
    return (int) value >> 2;
  }
}
