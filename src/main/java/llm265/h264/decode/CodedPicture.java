package llm265.h264.decode;

import java.util.List;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.Sei;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/**
 * 7.4.1.2.4 A primary coded picture, or the two of a complementary field pair, not decoded yet. It holds the slices with the
 * parameter sets that were active when they arrived, so that pictures can be decoded side by side.
 *
 * @param index number of the picture in the stream
 * @param sps the active sequence parameter set
 * @param slices its slices in the order of the stream, at least one
 * @param sei the SEI messages of its access units
 * @param order its place in output order
 * @param faults the faults that are known before its data are decoded
 */
public record CodedPicture(
    int index, SeqParameterSet sps, List<Slice> slices, List<Sei.Message> sei, OutputOrder order, Faults faults) {

  /**
   * Faults of a picture after which decoding goes on.
   *
   * @param unsupported a slice that is not decoded, so that the picture is not decoded either; or null
   * @param lostSlice a slice between the others whose header could not be read, so that the picture may lack macroblocks; or
   *     null
   */
  record Faults(StreamException unsupported, StreamException lostSlice) {
    static final Faults NONE = new Faults(null, null);

    /** The fault to report: the first in the stream; or null. */
    StreamException first() {
      boolean unsupportedFirst = lostSlice == null
          || unsupported != null && unsupported.position().nalIndex() < lostSlice.position().nalIndex();
      return unsupportedFirst ? unsupported : lostSlice;
    }

    /** The faults of a frame of two fields. */
    Faults and(Faults second) {
      return new Faults(
          unsupported == null ? second.unsupported : unsupported, lostSlice == null ? second.lostSlice : lostSlice);
    }
  }

  /**
   * A slice NAL unit, unescaped, with its header parsed.
   *
   * @param partitions where its residual is, if it is partition A of a slice; otherwise null
   */
  public record Slice(NalUnit nalUnit, NalUnit.Rbsp rbsp, SliceHeader header, PicParameterSet pps, DataPartitions partitions) {}

  /** The first of the faults that are known before its data are decoded; or null. */
  public StreamException fault() {
    return faults.first();
  }

  /** field_pic_flag: the slices are those of one field, or of two of opposite parity. */
  boolean isField() {
    return slices.getFirst().header().fieldPicFlag();
  }

  long byteOffset() {
    return slices.getFirst().nalUnit().offset();
  }
}
