package llm265.h264.trace;

import java.util.List;
import llm265.h264.bitstream.SyntaxTrace;

/**
 * A syntax element of a stream, as reported to a {@link SyntaxListener}.
 *
 * @param structure the syntax structure around it, named as in clause 7.3, such as {@code slice_header} or {@code mb_pred}
 * @param clause the clause of that structure's syntax table
 * @param name its name in the standard, with an index if it is an array
 * @param bitPosition position of its first bit in the RBSP, without the NAL unit header; for an element that CABAC codes, the
 *     number of bits of the RBSP that the arithmetic decoding engine has read before its first bin
 * @param bits number of its bits; for an element that CABAC codes, the number that the engine reads while it decodes its bins,
 *     which may be 0
 * @param value its value; flags are 0 or 1, coeff_token is {@code 4 * TotalCoeff + TrailingOnes}; for a row of bytes, their
 *     number
 * @param code its bits, or its bins if CABAC codes it, as 0 and 1 in the order of decoding; for a row of bytes, {@code x} and
 *     their hexadecimal digits
 * @param bins its bins; empty if CABAC does not code it
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
   * @param valMps valMPS of the context variable; 0 for bins without one
   * @param codIRange codIRange, 256 to 510
   * @param codIOffset codIOffset, less than codIRange
   */
  public record Bin(
      int binVal, long bitPosition, int ctxIdx, int pStateIdx, int valMps, int codIRange, int codIOffset) {
    /** Whether the bin uses a context variable. */
    public boolean hasContext() {
      return ctxIdx != SyntaxTrace.BYPASS && ctxIdx != SyntaxTrace.TERMINATE;
    }
  }

  /** Whether it is coeff_token, whose value combines two numbers. */
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
