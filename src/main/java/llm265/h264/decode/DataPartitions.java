package llm265.h264.decode;

import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/**
 * 7.3.2.9 Slice data partitioning: which partitions belong to a partition A, and which of them have arrived. Partition B holds
 * the elements of category 3 in 7.3.5: residuals and I_PCM samples of intra macroblocks. Partition C is for inter macroblocks.
 */
final class DataPartitions {
  private static final String CLAUSE = "7.4.2.9";

  private final int sliceId;
  private final PicParameterSet pps;
  private final SeqParameterSet sps;
  private NalUnit.Rbsp partitionB;
  private int bitOffset;

  private DataPartitions(int sliceId, PicParameterSet pps, SeqParameterSet sps) {
    this.sliceId = sliceId;
    this.pps = pps;
    this.sps = sps;
  }

  /** Reads the elements between slice_header() and slice_data() of a partition A. */
  static DataPartitions parseA(RbspReader reader, PicParameterSet pps, SeqParameterSet sps) {
    if (pps.entropyCodingModeFlag()) {
      throw new MalformedStreamException("nal_unit_type", "7.4.2.2", "slice data partitions with entropy_coding_mode_flag 1");
    }
    return new DataPartitions(readSliceId(reader, sps), pps, sps);
  }

  private static int readSliceId(RbspReader reader, SeqParameterSet sps) {
    return reader.readUe("slice_id", CLAUSE, sps.format().sizeInMbs() - 1);
  }

  /** The header of partition A, which ends after slice_id. */
  static SliceHeader behindSliceId(SliceHeader header, RbspReader reader) {
    return header.withSliceDataBitOffset((int) reader.bitPosition());
  }

  /** Takes the next NAL unit of type 3. A redundant one is left out. */
  void addB(NalUnit nalUnit) {
    NalUnit.Rbsp rbsp = nalUnit.rbsp();
    RbspReader reader = rbsp.reader();
    int id = readSliceId(reader, sps);
    if (id != sliceId) {
      throw new MalformedStreamException("slice_id", CLAUSE, id + " where partition A has " + sliceId);
    }
    if (sps.separateColourPlaneFlag()) {
      reader.readInt(2, "colour_plane_id");
    }
    if (pps.redundantPicCntPresentFlag() && reader.readUe("redundant_pic_cnt", CLAUSE, 127) > 0) {
      return;
    }
    partitionB = rbsp;
    bitOffset = (int) reader.bitPosition();
  }

  /** A reader at the first bit of the residuals; null if there is no partition B, since it was empty or is lost. */
  RbspReader residuals() {
    if (partitionB == null) {
      return null;
    }
    RbspReader reader = partitionB.reader();
    reader.moveTo(bitOffset);
    return reader;
  }
}
