package llm265.h264.syntax;

import java.util.function.IntFunction;
import llm265.h264.EncoderConfig;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.3 Slice header of an I slice.
 *
 * @param nalRefIdc nal_ref_idc of its NAL unit
 * @param idrPicFlag IdrPicFlag
 * @param firstMbInSlice first_mb_in_slice
 * @param sliceType slice_type, 2 or 7
 * @param ppsId pic_parameter_set_id
 * @param colourPlaneId colour_plane_id, 0 where not sent
 * @param frameNum frame_num
 * @param fieldPicFlag field_pic_flag
 * @param bottomFieldFlag bottom_field_flag
 * @param idrPicId idr_pic_id, 0 where not sent
 * @param picOrderCntLsb pic_order_cnt_lsb, 0 where not sent
 * @param deltaPicOrderCntBottom delta_pic_order_cnt_bottom
 * @param deltaPicOrderCnt0 delta_pic_order_cnt[0]
 * @param deltaPicOrderCnt1 delta_pic_order_cnt[1]
 * @param redundantPicCnt redundant_pic_cnt
 * @param sliceQpY SliceQPY (7-30)
 * @param disableDeblockingFilterIdc disable_deblocking_filter_idc
 * @param filterOffsetA FilterOffsetA (7-32)
 * @param filterOffsetB FilterOffsetB (7-33)
 * @param sliceDataBitOffset bit of the RBSP at which slice_data() begins, before any cabac_alignment_one_bit
 */
public record SliceHeader(
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
    int redundantPicCnt,
    int sliceQpY,
    int disableDeblockingFilterIdc,
    int filterOffsetA,
    int filterOffsetB,
    int sliceDataBitOffset) {

  private static final String CLAUSE = "7.4.3";
  private static final String[] TYPE_NAMES = {"P", "B", "I", "SP", "SI"};

  /** What our encoder sends for a slice of an IDR picture. */
  public static SliceHeader forIntra(int firstMbInSlice, int idrPicId, int sliceQpY, EncoderConfig.Deblocking deblocking) {
    return new SliceHeader(
        3, true, firstMbInSlice, 7, 0, 0, 0, false, false, idrPicId, 0, 0, 0, 0, 0, sliceQpY, deblocking.disableIdc(),
        2 * deblocking.alphaC0OffsetDiv2(), 2 * deblocking.betaOffsetDiv2(), 0);
  }

  /** Name of a slice_type, Table 7-6. */
  public static String typeName(int sliceType) {
    return TYPE_NAMES[sliceType % 5];
  }

  /**
   * Parses slice_header() of an I slice.
   *
   * @param ppsById picture parameter sets; null for one that has not come
   * @param spsById sequence parameter sets; null for one that has not come
   * @throws UnsupportedStreamException for P, B, SP and SI slices
   */
  public static SliceHeader parse(
      NalUnit nalUnit, RbspReader reader, IntFunction<PicParameterSet> ppsById, IntFunction<SeqParameterSet> spsById) {
    int firstMb = reader.readUe("first_mb_in_slice", CLAUSE, Integer.MAX_VALUE - 1);
    int sliceType = reader.readUe("slice_type", CLAUSE, 9);
    int ppsId = reader.readUe("pic_parameter_set_id", CLAUSE, 255);
    if (sliceType % 5 != 2) {
      throw new UnsupportedStreamException(
          "slice_type", CLAUSE, typeName(sliceType) + " slice in NAL unit of type " + nalUnit.nalUnitType()
              + ": only I slices are decoded");
    }
    PicParameterSet pps = ppsById.apply(ppsId);
    if (pps == null) {
      throw new MalformedStreamException("pic_parameter_set_id", CLAUSE, "there is no picture parameter set " + ppsId);
    }
    SeqParameterSet sps = spsById.apply(pps.spsId());
    if (sps == null) {
      throw new MalformedStreamException(
          "seq_parameter_set_id", "7.4.2.2", "there is no sequence parameter set " + pps.spsId());
    }
    int colourPlaneId = sps.separateColourPlaneFlag() ? reader.readInt(2, "colour_plane_id") : 0;
    int frameNum = reader.readInt(sps.log2MaxFrameNum(), "frame_num");
    boolean field = !sps.frameMbsOnlyFlag() && reader.readFlag("field_pic_flag");
    boolean bottom = field && reader.readFlag("bottom_field_flag");
    if (firstMb >= sps.format().sizeInMbs()) {
      throw new MalformedStreamException(
          "first_mb_in_slice", CLAUSE, firstMb + " is beyond a picture of " + sps.format().sizeInMbs() + " macroblocks");
    }
    boolean idr = nalUnit.isIdr();
    int idrPicId = idr ? reader.readUe("idr_pic_id", CLAUSE, 65535) : 0;
    int pocLsb = 0;
    int deltaBottom = 0;
    int delta0 = 0;
    int delta1 = 0;
    if (sps.picOrderCntType() == 0) {
      pocLsb = reader.readInt(sps.log2MaxPicOrderCntLsb(), "pic_order_cnt_lsb");
      if (pps.bottomFieldPicOrderInFramePresentFlag() && !field) {
        deltaBottom = readOffset(reader, "delta_pic_order_cnt_bottom");
      }
    } else if (sps.picOrderCntType() == 1 && !sps.deltaPicOrderAlwaysZeroFlag()) {
      delta0 = readOffset(reader, "delta_pic_order_cnt[0]");
      if (pps.bottomFieldPicOrderInFramePresentFlag() && !field) {
        delta1 = readOffset(reader, "delta_pic_order_cnt[1]");
      }
    }
    int redundant = pps.redundantPicCntPresentFlag() ? reader.readUe("redundant_pic_cnt", CLAUSE, 127) : 0;
    if (nalUnit.nalRefIdc() != 0) {
      parseDecRefPicMarking(reader, idr);
    }
    int qpBdOffsetY = 6 * (sps.format().bitDepthLuma() - 8);
    int sliceQpY = pps.picInitQp()
        + reader.readSe("slice_qp_delta", CLAUSE, -qpBdOffsetY - pps.picInitQp(), 51 - pps.picInitQp());
    int disableIdc = 0;
    int offsetA = 0;
    int offsetB = 0;
    if (pps.deblockingFilterControlPresentFlag()) {
      disableIdc = reader.readUe("disable_deblocking_filter_idc", CLAUSE, 2);
      if (disableIdc != 1) {
        offsetA = 2 * reader.readSe("slice_alpha_c0_offset_div2", CLAUSE, -6, 6);
        offsetB = 2 * reader.readSe("slice_beta_offset_div2", CLAUSE, -6, 6);
      }
    }
    if (pps.sliceGroupChangeRate() > 0) {
      readSliceGroupChangeCycle(reader, sps, pps);
    }
    return new SliceHeader(
        nalUnit.nalRefIdc(), idr, firstMb, sliceType, ppsId, colourPlaneId, frameNum, field, bottom, idrPicId, pocLsb,
        deltaBottom, delta0, delta1, redundant, sliceQpY, disableIdc, offsetA, offsetB, (int) reader.bitPosition());
  }

  private static int readOffset(RbspReader reader, String name) {
    return reader.readSe(name, CLAUSE, -Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /** 7.3.3.3 Decoded reference picture marking syntax: read and dropped, since intra pictures refer to none. */
  private static void parseDecRefPicMarking(RbspReader reader, boolean idr) {
    if (idr) {
      reader.readFlag("no_output_of_prior_pics_flag");
      reader.readFlag("long_term_reference_flag");
      return;
    }
    if (!reader.readFlag("adaptive_ref_pic_marking_mode_flag")) {
      return;
    }
    int operation;
    do {
      operation = reader.readUe("memory_management_control_operation", "7.4.3.3", 6);
      if (operation == 1 || operation == 3) {
        reader.readUe("difference_of_pic_nums_minus1", "7.4.3.3", 1 << 17);
      }
      if (operation == 2) {
        reader.readUe("long_term_pic_num", "7.4.3.3", 1 << 17);
      }
      if (operation == 3 || operation == 6) {
        reader.readUe("long_term_frame_idx", "7.4.3.3", 1 << 17);
      }
      if (operation == 4) {
        reader.readUe("max_long_term_frame_idx_plus1", "7.4.3.3", 1 << 17);
      }
    } while (operation != 0);
  }

  /** slice_group_change_cycle has Ceil(Log2(PicSizeInMapUnits / SliceGroupChangeRate + 1)) bits (7-35). */
  private static void readSliceGroupChangeCycle(RbspReader reader, SeqParameterSet sps, PicParameterSet pps) {
    int heightInMapUnits = sps.format().heightInMbs() / (sps.frameMbsOnlyFlag() ? 1 : 2);
    int units = sps.format().widthInMbs() * heightInMapUnits;
    int quotient = (units + pps.sliceGroupChangeRate() - 1) / pps.sliceGroupChangeRate();
    reader.readInt(32 - Integer.numberOfLeadingZeros(quotient), "slice_group_change_cycle");
  }

  /** Writes slice_header() of an I slice of a frame with pic_order_cnt_type 2, or 0 without a bottom field's offset. */
  public void write(RbspWriter writer, SeqParameterSet sps, PicParameterSet pps) {
    writer.writeUe(firstMbInSlice);
    writer.writeUe(sliceType);
    writer.writeUe(ppsId);
    writer.writeBits(sps.log2MaxFrameNum(), frameNum);
    if (idrPicFlag) {
      writer.writeUe(idrPicId);
    }
    if (sps.picOrderCntType() == 0) {
      writer.writeBits(sps.log2MaxPicOrderCntLsb(), picOrderCntLsb);
    }
    if (pps.redundantPicCntPresentFlag()) {
      writer.writeUe(redundantPicCnt);
    }
    if (nalRefIdc != 0) {
      writer.writeFlag(false); // no_output_of_prior_pics_flag or adaptive_ref_pic_marking_mode_flag
      if (idrPicFlag) {
        writer.writeFlag(false); // long_term_reference_flag
      }
    }
    writer.writeSe(sliceQpY - pps.picInitQp());
    if (pps.deblockingFilterControlPresentFlag()) {
      writer.writeUe(disableDeblockingFilterIdc);
      if (disableDeblockingFilterIdc != 1) {
        writer.writeSe(filterOffsetA / 2);
        writer.writeSe(filterOffsetB / 2);
      }
    }
  }
}
