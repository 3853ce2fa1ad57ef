package llm265.view;

import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.deblock.StrengthListener;
import llm265.h264.decode.CodedPicture;
import llm265.h264.reconstruct.ReconstructionTrace;

/**
 * Receives everything about the macroblocks of a picture while it is decoded. Of a macroblock first come its address and its
 * syntax elements, then what is reconstructed, then end_of_slice_flag.
 */
interface PictureVisitor extends SyntaxTrace, ReconstructionTrace {
  /**
   * Whether a slice is wanted; one that is not is not decoded. Slices do not depend on each other before deblocking.
   */
  default boolean wants(CodedPicture.Slice slice) {
    return true;
  }

  /**
   * A slice begins.
   *
   * @param index its number in its frame, field or colour plane
   */
  void slice(CodedPicture.Slice slice, int index, MacroblockPlaces places);

  /** Whether nothing more is wanted. */
  default boolean isDone() {
    return false;
  }

  /** Receives bS of the frame, field or colour plane with a slice; null for nobody. */
  default StrengthListener strengths(CodedPicture.Slice slice, MacroblockPlaces places) {
    return null;
  }
}
