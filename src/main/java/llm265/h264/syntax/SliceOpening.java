package llm265.h264.syntax;

import java.util.function.IntFunction;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.3 Slice header, from first_mb_in_slice to redundant_pic_cnt: what slices of every type share, and enough to find where a
 * picture begins. Elements that are not sent have their inferred value, or 0.
 *
 * @param nalRefIdc nal_ref_idc of its NAL unit
 * @param idrPicFlag IdrPicFlag
 * @param firstMbInSlice first_mb_in_slice, which counts macroblock pairs in MBAFF frames
 * @param sliceType slice_type, 0..9
 * @param ppsId pic_parameter_set_id
 * @param colourPlaneId colour_plane_id, 0..2
 * @param frameNum frame_num
 * @param fieldPicFlag field_pic_flag
 * @param bottomFieldFlag bottom_field_flag
 * @param idrPicId idr_pic_id, 0..65535
 * @param picOrderCntLsb pic_order_cnt_lsb
 * @param deltaPicOrderCntBottom delta_pic_order_cnt_bottom
 * @param deltaPicOrderCnt0 delta_pic_order_cnt[0]
 * @param deltaPicOrderCnt1 delta_pic_order_cnt[1]
 * @param redundantPicCnt redundant_pic_cnt, 0..127
 */
public record SliceOpening(
    int nalRefIdc,
    boolean idrPicFlag,
    int firstMbInSlice,
    int sliceType,
    int ppsId,
    int colourPlaneId,
    int frameNum,
    boolean fieldPicFlag,
    boolean bottomFieldFlag,
    int idrPicId,
    int picOrderCntLsb,
    int deltaPicOrderCntBottom,
    int deltaPicOrderCnt0,
    int deltaPicOrderCnt1,
    int redundantPicCnt) {

  private static final String CLAUSE = "7.4.3";
  private static final String[] TYPE_NAMES = {"P", "B", "I", "SP", "SI"};

  /** Name of a slice_type, Table 7-6. */
  public static String typeName(int sliceType) {
    return TYPE_NAMES[sliceType % 5];
  }

  /** The same with another idr_pic_id. */
  SliceOpening withIdrPicId(int id) {
    return new SliceOpening(
        nalRefIdc, idrPicFlag, firstMbInSlice, sliceType, ppsId, colourPlaneId, frameNum, fieldPicFlag, bottomFieldFlag, id,
        picOrderCntLsb, deltaPicOrderCntBottom, deltaPicOrderCnt0, deltaPicOrderCnt1, redundantPicCnt);
  }

  /** Whether the slice is an I slice. */
  public boolean isIntra() {
    return isIntra(sliceType);
  }

  private static boolean isIntra(int sliceType) {
    return sliceType % 5 == 2;
  }

  /**
   * Parses the opening of a slice of any type.
   *
   * @param ppsById picture parameter sets; null for a missing one
   * @param spsById sequence parameter sets; null for a missing one
   */
  public static SliceOpening parse(
      NalUnit nalUnit, RbspReader reader, IntFunction<PicParameterSet> ppsById, IntFunction<SeqParameterSet> spsById) {
    return parse(nalUnit, reader, ppsById, spsById, false);
  }

  /**
   * Like {@link #parse(NalUnit, RbspReader, IntFunction, IntFunction)}, for an I slice.
   *
   * @throws UnsupportedStreamException for slices of other types
   */
  public static SliceOpening parseIntra(
      NalUnit nalUnit, RbspReader reader, IntFunction<PicParameterSet> ppsById, IntFunction<SeqParameterSet> spsById) {
    return parse(nalUnit, reader, ppsById, spsById, true);
  }

  /** The exception for a slice that is not an I slice. */
  public static UnsupportedStreamException notDecoded(NalUnit nalUnit, int sliceType) {
    return new UnsupportedStreamException(
        "slice_type", CLAUSE, typeName(sliceType) + " slice in NAL unit of type " + nalUnit.nalUnitType()
            + ": only I slices are decoded");
  }

  private static SliceOpening parse(
      NalUnit nalUnit,
      RbspReader reader,
      IntFunction<PicParameterSet> ppsById,
      IntFunction<SeqParameterSet> spsById,
      boolean intraOnly) {
    int firstMb = reader.readUe("first_mb_in_slice", CLAUSE, Integer.MAX_VALUE - 1);
    int sliceType = reader.readUe("slice_type", CLAUSE, 9);
    if (intraOnly && !isIntra(sliceType)) {
      throw notDecoded(nalUnit, sliceType);
    }
    int ppsId = reader.readUe("pic_parameter_set_id", CLAUSE, 255);
    PicParameterSet pps = picParameterSet(ppsId, ppsById);
    SeqParameterSet sps = seqParameterSet(pps, spsById);
    int colourPlaneId = sps.separateColourPlaneFlag() ? reader.readInt(2, "colour_plane_id") : 0;
    if (colourPlaneId == 3) {
      throw new MalformedStreamException("colour_plane_id", CLAUSE, "3 is not in 0..2");
    }
    int frameNum = reader.readInt(sps.log2MaxFrameNum(), "frame_num");
    boolean field = !sps.frameMbsOnlyFlag() && reader.readFlag("field_pic_flag");
    boolean bottom = field && reader.readFlag("bottom_field_flag");
    checkFirstMb(firstMb, field, sps);
    boolean idr = nalUnit.isIdr();
    int idrPicId = idr ? reader.readUe("idr_pic_id", CLAUSE, 65535) : 0;
    boolean bothFields = pps.bottomFieldPicOrderInFramePresentFlag() && !field;
    int pocLsb = 0;
    int deltaBottom = 0;
    int delta0 = 0;
    int delta1 = 0;
    PicOrderCnt picOrderCnt = sps.picOrderCnt();
    if (picOrderCnt.type() == 0) {
      pocLsb = reader.readInt(picOrderCnt.log2MaxPicOrderCntLsb(), "pic_order_cnt_lsb");
      deltaBottom = bothFields ? readOffset(reader, "delta_pic_order_cnt_bottom") : 0;
    } else if (!picOrderCnt.deltaPicOrderAlwaysZeroFlag()) {
      delta0 = readOffset(reader, "delta_pic_order_cnt[0]");
      delta1 = bothFields ? readOffset(reader, "delta_pic_order_cnt[1]") : 0;
    }
    int redundant = pps.redundantPicCntPresentFlag() ? reader.readUe("redundant_pic_cnt", CLAUSE, 127) : 0;
    return new SliceOpening(
        nalUnit.nalRefIdc(), idr, firstMb, sliceType, ppsId, colourPlaneId, frameNum, field, bottom, idrPicId, pocLsb,
        deltaBottom, delta0, delta1, redundant);
  }

  static PicParameterSet picParameterSet(int id, IntFunction<PicParameterSet> ppsById) {
    PicParameterSet pps = ppsById.apply(id);
    if (pps == null) {
      throw new MalformedStreamException("pic_parameter_set_id", CLAUSE, "there is no picture parameter set " + id);
    }
    return pps;
  }

  static SeqParameterSet seqParameterSet(PicParameterSet pps, IntFunction<SeqParameterSet> spsById) {
    SeqParameterSet sps = spsById.apply(pps.spsId());
    if (sps == null) {
      throw new MalformedStreamException(
          "seq_parameter_set_id", "7.4.2.2", "there is no sequence parameter set " + pps.spsId());
    }
    return sps;
  }

  /** Checks that first_mb_in_slice * (1 + MbaffFrameFlag) is an address in the frame or field. */
  private static void checkFirstMb(int firstMb, boolean field, SeqParameterSet sps) {
    boolean halves = field || sps.mbAdaptiveFrameFieldFlag();
    int units = sps.format().sizeInMbs() / (halves ? 2 : 1);
    if (firstMb >= units) {
      throw new MalformedStreamException("first_mb_in_slice", CLAUSE, firstMb + " is not in 0.." + (units - 1));
    }
  }

  private static int readOffset(RbspReader reader, String name) {
    return reader.readSe(name, CLAUSE, -Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /**
   * 7.4.1.2.4 Detection of the first VCL NAL unit of a primary coded picture, as far as two slice headers show it: whether
   * this slice differs from another in what all slices of a picture share. Elements that a picture order count type does not
   * send are 0 in both. The caller judges first_mb_in_slice, since that takes all slices of the picture.
   */
  public boolean isOfOtherPictureThan(SliceOpening last) {
    return frameNum != last.frameNum
        || fieldPicFlag != last.fieldPicFlag
        || bottomFieldFlag != last.bottomFieldFlag
        || nalRefIdc != last.nalRefIdc && (nalRefIdc == 0 || last.nalRefIdc == 0)
        || picOrderCntLsb != last.picOrderCntLsb
        || deltaPicOrderCntBottom != last.deltaPicOrderCntBottom
        || deltaPicOrderCnt0 != last.deltaPicOrderCnt0
        || deltaPicOrderCnt1 != last.deltaPicOrderCnt1
        || idrPicFlag != last.idrPicFlag
        || idrPicId != last.idrPicId;
  }

  void write(RbspWriter writer, SeqParameterSet sps, PicParameterSet pps) {
    writer.writeUe(firstMbInSlice);
    writer.writeUe(sliceType);
    writer.writeUe(ppsId);
    if (sps.separateColourPlaneFlag()) {
      writer.writeBits(2, colourPlaneId);
    }
    writer.writeBits(sps.log2MaxFrameNum(), frameNum);
    if (!sps.frameMbsOnlyFlag()) {
      writer.writeFlag(fieldPicFlag);
      if (fieldPicFlag) {
        writer.writeFlag(bottomFieldFlag);
      }
    }
    if (idrPicFlag) {
      writer.writeUe(idrPicId);
    }
    boolean bothFields = pps.bottomFieldPicOrderInFramePresentFlag() && !fieldPicFlag;
    PicOrderCnt picOrderCnt = sps.picOrderCnt();
    if (picOrderCnt.type() == 0) {
      writer.writeBits(picOrderCnt.log2MaxPicOrderCntLsb(), picOrderCntLsb);
      if (bothFields) {
        writer.writeSe(deltaPicOrderCntBottom);
      }
    } else if (!picOrderCnt.deltaPicOrderAlwaysZeroFlag()) {
      writer.writeSe(deltaPicOrderCnt0);
      if (bothFields) {
        writer.writeSe(deltaPicOrderCnt1);
      }
    }
    if (pps.redundantPicCntPresentFlag()) {
      writer.writeUe(redundantPicCnt);
    }
  }
}
