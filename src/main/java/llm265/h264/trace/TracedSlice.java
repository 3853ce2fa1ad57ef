package llm265.h264.trace;

import llm265.h264.decode.DecodedPicture;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/**
 * A slice whose slice_data() a {@link SyntaxListener} receives next.
 *
 * @param picture number of its picture in the stream, from 0, as in {@link DecodedPicture}: the two fields of a frame are one
 *     picture
 * @param index its number in its frame or field, or in its colour plane if these are coded separately, from 0
 * @param header slice_header()
 * @param sps the active sequence parameter set
 * @param pps its picture parameter set
 */
public record TracedSlice(int picture, int index, SliceHeader header, SeqParameterSet sps, PicParameterSet pps) {
  /** {@code frame}, {@code mbaff} for a frame with MbaffFrameFlag 1, or the field: {@code top} or {@code bottom}. */
  public String pictureStructure() {
    if (header.fieldPicFlag()) {
      return header.bottomFieldFlag() ? "bottom" : "top";
    }
    return sps.mbAdaptiveFrameFieldFlag() ? "mbaff" : "frame";
  }
}
