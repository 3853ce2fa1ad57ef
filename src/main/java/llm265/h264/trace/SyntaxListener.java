package llm265.h264.trace;

import java.util.List;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.SyntaxTrace;

/** Receives every syntax element of a stream in bitstream order, down to the residual blocks: see {@link StreamTrace}. */
@FunctionalInterface
public interface SyntaxListener {
  /** A NAL unit begins; what follows lies in it. */
  default void nalUnit(NalUnit nalUnit) {}

  /** slice_data() begins, after the elements of the slice's header. */
  default void sliceData(TracedSlice slice) {}

  /**
   * A macroblock begins. In MBAFF frames the mb_field_decoding_flag of a pair belongs to its top macroblock. The
   * end_of_slice_flag after a macroblock belongs to that macroblock.
   */
  default void macroblock(int mbAddr) {}

  /**
   * A residual block of the macroblock begins.
   *
   * @param structure {@link SyntaxTrace#RESIDUAL_BLOCK_CABAC} or {@link SyntaxTrace#RESIDUAL_BLOCK_CAVLC}
   * @param levels the list of its levels in the terms of Table 9-42, with its indices, such as {@code LumaLevel4x4[3]}
   * @param maxNumCoeff maxNumCoeff
   * @param nC nC of 9.2.1, -2 to 16; 0 under CABAC
   */
  default void residualBlock(String structure, String levels, int maxNumCoeff, int nC) {}

  /** A syntax element. */
  void element(SyntaxElement element);

  /** The bins of an element that a fault cuts off, at least one. */
  default void unfinished(List<SyntaxElement.Bin> bins) {}

  /** Something in the NAL unit cannot be read but is not needed for decoding, or is not decoded. */
  default void leftOut(String sentence) {}

  /** The stream is traced up to here: a fault follows. */
  default void fault(StreamException fault) {}
}
