package llm265.h264.syntax;

import java.util.function.IntFunction;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.2.2 Picture parameter set RBSP.
 *
 * <p>How many scaling lists it has depends on chroma_format_idc of its sequence parameter set, so that one is needed to parse it;
 * where it has not come yet, 4:2:0 is assumed.
 *
 * @param id pic_parameter_set_id, 0..255
 * @param spsId seq_parameter_set_id
 * @param entropyCodingModeFlag entropy_coding_mode_flag: CABAC
 * @param bottomFieldPicOrderInFramePresentFlag bottom_field_pic_order_in_frame_present_flag
 * @param numSliceGroups num_slice_groups_minus1 + 1
 * @param sliceGroupMapType slice_group_map_type, 0 with one slice group
 * @param sliceGroupChangeRate slice_group_change_rate_minus1 + 1, 0 where not sent
 * @param picInitQp pic_init_qp_minus26 + 26
 * @param chromaQpIndexOffset chroma_qp_index_offset
 * @param deblockingFilterControlPresentFlag deblocking_filter_control_present_flag
 * @param constrainedIntraPredFlag constrained_intra_pred_flag, which changes nothing where every macroblock is intra
 * @param redundantPicCntPresentFlag redundant_pic_cnt_present_flag
 * @param transform8x8ModeFlag transform_8x8_mode_flag
 * @param scalingLists lists as sent, null when pic_scaling_matrix_present_flag is 0
 * @param secondChromaQpIndexOffset second_chroma_qp_index_offset
 */
public record PicParameterSet(
    int id,
    int spsId,
    boolean entropyCodingModeFlag,
    boolean bottomFieldPicOrderInFramePresentFlag,
    int numSliceGroups,
    int sliceGroupMapType,
    int sliceGroupChangeRate,
    int picInitQp,
    int chromaQpIndexOffset,
    boolean deblockingFilterControlPresentFlag,
    boolean constrainedIntraPredFlag,
    boolean redundantPicCntPresentFlag,
    boolean transform8x8ModeFlag,
    int[][] scalingLists,
    int secondChromaQpIndexOffset) {

  private static final String CLAUSE = "7.4.2.2";

  /** What our encoder sends: CABAC, deblocking controls in slice headers, QP 26 to start from. */
  public static PicParameterSet forIntra(
      boolean transform8x8ModeFlag, int chromaQpIndexOffset, int secondChromaQpIndexOffset, int[][] scalingLists) {
    if (scalingLists != null) {
      ScalingLists.check(scalingLists);
    }
    return new PicParameterSet(
        0, 0, true, false, 1, 0, 0, 26, chromaQpIndexOffset, true, false, false, transform8x8ModeFlag, scalingLists,
        secondChromaQpIndexOffset);
  }

  /** The scaling lists that apply to pictures with this and its sequence parameter set. */
  public ScalingLists scalingLists(SeqParameterSet sps) {
    return ScalingLists.resolve(sps.scalingLists(), scalingLists);
  }

  /**
   * Parses pic_parameter_set_rbsp().
   *
   * @param spsById the sequence parameter sets received so far; null for one that has not come
   */
  public static PicParameterSet parse(RbspReader reader, IntFunction<SeqParameterSet> spsById) {
    int id = reader.readUe("pic_parameter_set_id", CLAUSE, 255);
    int spsId = reader.readUe("seq_parameter_set_id", CLAUSE, 31);
    SeqParameterSet sps = spsById.apply(spsId);
    int lowestQp = sps == null ? -36 : -6 * (sps.format().bitDepthLuma() - 8);
    boolean cabac = reader.readFlag("entropy_coding_mode_flag");
    boolean bottomFieldPicOrder = reader.readFlag("bottom_field_pic_order_in_frame_present_flag");
    int groups = 1 + reader.readUe("num_slice_groups_minus1", CLAUSE, 7);
    int[] mapTypeAndRate = groups > 1 ? parseSliceGroups(reader, groups) : new int[2];
    reader.readUe("num_ref_idx_l0_default_active_minus1", CLAUSE, 31);
    reader.readUe("num_ref_idx_l1_default_active_minus1", CLAUSE, 31);
    reader.readFlag("weighted_pred_flag");
    if (reader.readInt(2, "weighted_bipred_idc") == 3) {
      throw new MalformedStreamException("weighted_bipred_idc", CLAUSE, "3 is not in 0..2");
    }
    int picInitQp = 26 + reader.readSe("pic_init_qp_minus26", CLAUSE, lowestQp - 26, 25);
    // Of SP and SI slices alone; encoders of deep samples write it like pic_init_qp_minus26.
    reader.readSe("pic_init_qs_minus26", CLAUSE, -26 - 36, 25);
    int cbOffset = reader.readSe("chroma_qp_index_offset", CLAUSE, -12, 12);
    boolean deblockingControl = reader.readFlag("deblocking_filter_control_present_flag");
    boolean constrainedIntra = reader.readFlag("constrained_intra_pred_flag");
    boolean redundant = reader.readFlag("redundant_pic_cnt_present_flag");
    boolean transform8x8 = false;
    int[][] lists = null;
    int crOffset = cbOffset;
    if (reader.moreRbspData()) {
      transform8x8 = reader.readFlag("transform_8x8_mode_flag");
      if (reader.readFlag("pic_scaling_matrix_present_flag")) {
        boolean yuv444 = sps != null && sps.format().chroma() == ChromaFormat.YUV444;
        int count = 6 + (transform8x8 ? yuv444 ? 6 : 2 : 0);
        lists = ScalingLists.parse(reader, count, "pic_scaling_list_present_flag");
      }
      crOffset = reader.readSe("second_chroma_qp_index_offset", CLAUSE, -12, 12);
    }
    return new PicParameterSet(
        id, spsId, cabac, bottomFieldPicOrder, groups, mapTypeAndRate[0], mapTypeAndRate[1], picInitQp, cbOffset,
        deblockingControl, constrainedIntra, redundant, transform8x8, lists, crOffset);
  }

  /** slice_group_map_type and SliceGroupChangeRate; the map itself is read and dropped. */
  private static int[] parseSliceGroups(RbspReader reader, int groups) {
    int most = PictureFormat.MAX_SIZE_IN_MBS - 1;
    int type = reader.readUe("slice_group_map_type", CLAUSE, 6);
    int changeRate = 0;
    if (type == 0) {
      for (int i = 0; i < groups; i++) {
        reader.readUe("run_length_minus1[" + i + "]", CLAUSE, most);
      }
    } else if (type == 2) {
      for (int i = 0; i < groups - 1; i++) {
        reader.readUe("top_left[" + i + "]", CLAUSE, most);
        reader.readUe("bottom_right[" + i + "]", CLAUSE, most);
      }
    } else if (type >= 3 && type <= 5) {
      reader.readFlag("slice_group_change_direction_flag");
      changeRate = 1 + reader.readUe("slice_group_change_rate_minus1", CLAUSE, most);
    } else if (type == 6) {
      int units = 1 + reader.readUe("pic_size_in_map_units_minus1", CLAUSE, most);
      int bits = 32 - Integer.numberOfLeadingZeros(groups - 1);
      for (int i = 0; i < units; i++) {
        reader.readInt(bits, "slice_group_id[" + i + "]");
      }
    }
    return new int[] {type, changeRate};
  }

  /**
   * Writes pic_parameter_set_rbsp(), trailing bits included.
   *
   * @throws IllegalArgumentException with more than one slice group, for which this writer has no syntax
   */
  public void write(RbspWriter writer, ChromaFormat chroma) {
    if (numSliceGroups != 1) {
      throw new IllegalArgumentException("slice groups are not written");
    }
    writer.writeUe(id);
    writer.writeUe(spsId);
    writer.writeFlag(entropyCodingModeFlag);
    writer.writeFlag(bottomFieldPicOrderInFramePresentFlag);
    writer.writeUe(0); // num_slice_groups_minus1
    writer.writeUe(0); // num_ref_idx_l0_default_active_minus1
    writer.writeUe(0); // num_ref_idx_l1_default_active_minus1
    writer.writeFlag(false); // weighted_pred_flag
    writer.writeBits(2, 0); // weighted_bipred_idc
    writer.writeSe(picInitQp - 26);
    writer.writeSe(0); // pic_init_qs_minus26
    writer.writeSe(chromaQpIndexOffset);
    writer.writeFlag(deblockingFilterControlPresentFlag);
    writer.writeFlag(constrainedIntraPredFlag);
    writer.writeFlag(redundantPicCntPresentFlag);
    if (transform8x8ModeFlag || scalingLists != null || secondChromaQpIndexOffset != chromaQpIndexOffset) {
      writer.writeFlag(transform8x8ModeFlag);
      writer.writeFlag(scalingLists != null);
      if (scalingLists != null) {
        int eightByEight = chroma == ChromaFormat.YUV444 ? 6 : 2;
        ScalingLists.write(writer, scalingLists, 6 + (transform8x8ModeFlag ? eightByEight : 0));
      }
      writer.writeSe(secondChromaQpIndexOffset);
    }
    writer.writeTrailingBits();
  }
}
