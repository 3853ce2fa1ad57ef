package llm265.h264.decode;

import java.util.List;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.Sei;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/**
 * 7.4.1.2.4 A primary coded picture, or the two of a complementary field pair, not decoded yet: its slices with the parameter sets
 * that were active when they came, so that pictures can be decoded side by side.
 *
 * @param index number of the picture in the stream
 * @param sps the active sequence parameter set
 * @param slices its slices in the order of the stream, one at least
 * @param sei the SEI messages of its access units
 * @param order its place in output order
 */
record CodedPicture(int index, SeqParameterSet sps, List<Slice> slices, List<Sei.Message> sei, OutputOrder order) {
  /** A slice NAL unit, unescaped, with its header parsed. */
  record Slice(NalUnit nalUnit, NalUnit.Rbsp rbsp, SliceHeader header, PicParameterSet pps) {}

  /** field_pic_flag: the slices are those of one field, or of two of opposite parity. */
  boolean isField() {
    return slices.getFirst().header().fieldPicFlag();
  }

  long byteOffset() {
    return slices.getFirst().nalUnit().offset();
  }
}
