package llm265.h264.syntax;

import java.util.function.IntFunction;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.2.2 Picture parameter set RBSP.
 *
 * @param id pic_parameter_set_id, 0..255
 * @param spsId seq_parameter_set_id
 * @param entropyCodingModeFlag entropy_coding_mode_flag: CABAC
 * @param bottomFieldPicOrderInFramePresentFlag bottom_field_pic_order_in_frame_present_flag
 * @param sliceGroups the slice groups, null if there is only one
 * @param numRefIdxL0DefaultActive num_ref_idx_l0_default_active_minus1 + 1
 * @param numRefIdxL1DefaultActive num_ref_idx_l1_default_active_minus1 + 1
 * @param weightedPredFlag weighted_pred_flag
 * @param weightedBipredIdc weighted_bipred_idc, 0..2
 * @param picInitQp pic_init_qp_minus26 + 26
 * @param picInitQs pic_init_qs_minus26 + 26
 * @param chromaQpIndexOffset chroma_qp_index_offset
 * @param deblockingFilterControlPresentFlag deblocking_filter_control_present_flag
 * @param constrainedIntraPredFlag constrained_intra_pred_flag; has no effect if every macroblock is intra
 * @param redundantPicCntPresentFlag redundant_pic_cnt_present_flag
 * @param transform8x8ModeFlag transform_8x8_mode_flag
 * @param scalingMatrix lists as sent, null if pic_scaling_matrix_present_flag is 0
 * @param secondChromaQpIndexOffset second_chroma_qp_index_offset
 */
public record PicParameterSet(
    int id,
    int spsId,
    boolean entropyCodingModeFlag,
    boolean bottomFieldPicOrderInFramePresentFlag,
    SliceGroups sliceGroups,
    int numRefIdxL0DefaultActive,
    int numRefIdxL1DefaultActive,
    boolean weightedPredFlag,
    int weightedBipredIdc,
    int picInitQp,
    int picInitQs,
    int chromaQpIndexOffset,
    boolean deblockingFilterControlPresentFlag,
    boolean constrainedIntraPredFlag,
    boolean redundantPicCntPresentFlag,
    boolean transform8x8ModeFlag,
    ScalingMatrix scalingMatrix,
    int secondChromaQpIndexOffset) {

  private static final String CLAUSE = "7.4.2.2";

  /**
   * What our encoder sends: CABAC, deblocking controls in slice headers, QP 26 as the start.
   *
   * @param scalingLists see {@link ScalingMatrix#of}; null for those of the sequence parameter set
   */
  public static PicParameterSet forIntra(
      boolean transform8x8ModeFlag, int chromaQpIndexOffset, int secondChromaQpIndexOffset, int[][] scalingLists) {
    return new PicParameterSet(
        0, 0, true, false, null, 1, 1, false, 0, 26, 26, chromaQpIndexOffset, true, false, false, transform8x8ModeFlag,
        ScalingMatrix.of(scalingLists), secondChromaQpIndexOffset);
  }

  /** The scaling lists that apply to pictures with this and its sequence parameter set. */
  public ScalingLists scalingLists(SeqParameterSet sps) {
    return ScalingLists.resolve(sps.scalingMatrix(), scalingMatrix);
  }

  /** num_slice_groups_minus1 + 1. */
  public int numSliceGroups() {
    return sliceGroups == null ? 1 : sliceGroups.numSliceGroups();
  }

  /**
   * Parses pic_parameter_set_rbsp().
   *
   * <p>The number of scaling lists, the range of pic_init_qp_minus26 and the number of map units in slice groups depend on the
   * sequence parameter set. A picture parameter set may come before it. So keep the bytes, and parse them when a slice refers
   * to the set.
   *
   * @param spsById the sequence parameter sets received so far; null for a missing one
   * @throws MalformedStreamException if an element is out of its range, the data ends early, or the sequence parameter set is
   *     missing
   */
  public static PicParameterSet parse(RbspReader reader, IntFunction<SeqParameterSet> spsById) {
    int id = reader.readUe("pic_parameter_set_id", CLAUSE, 255);
    int spsId = reader.readUe("seq_parameter_set_id", CLAUSE, 31);
    SeqParameterSet sps = spsById.apply(spsId);
    if (sps == null) {
      throw new MalformedStreamException(
          "seq_parameter_set_id", CLAUSE, "there is no sequence parameter set " + spsId);
    }
    boolean cabac = reader.readFlag("entropy_coding_mode_flag");
    boolean bottomFieldPicOrder = reader.readFlag("bottom_field_pic_order_in_frame_present_flag");
    int groups = 1 + reader.readUe("num_slice_groups_minus1", CLAUSE, 7);
    SliceGroups sliceGroups = groups > 1 ? SliceGroups.parse(reader, groups, sps) : null;
    int numRefIdxL0 = 1 + reader.readUe("num_ref_idx_l0_default_active_minus1", CLAUSE, 31);
    int numRefIdxL1 = 1 + reader.readUe("num_ref_idx_l1_default_active_minus1", CLAUSE, 31);
    boolean weightedPred = reader.readFlag("weighted_pred_flag");
    int weightedBipredIdc = reader.readInt(2, "weighted_bipred_idc");
    if (weightedBipredIdc == 3) {
      throw new MalformedStreamException("weighted_bipred_idc", CLAUSE, "3 is not in 0..2");
    }
    int lowestQp = -26 - sps.qpBdOffsetY();
    int picInitQp = 26 + reader.readSe("pic_init_qp_minus26", CLAUSE, lowestQp, 25);
    // Only for SP and SI slices; encoders of deep samples write it like pic_init_qp_minus26.
    int picInitQs = 26 + reader.readSe("pic_init_qs_minus26", CLAUSE, lowestQp, 25);
    int cbOffset = reader.readSe("chroma_qp_index_offset", CLAUSE, -12, 12);
    boolean deblockingControl = reader.readFlag("deblocking_filter_control_present_flag");
    boolean constrainedIntra = reader.readFlag("constrained_intra_pred_flag");
    boolean redundant = reader.readFlag("redundant_pic_cnt_present_flag");
    boolean transform8x8 = false;
    ScalingMatrix scalingMatrix = null;
    int crOffset = cbOffset;
    if (reader.moreRbspData() && mayUseHighSyntax(sps)) {
      transform8x8 = reader.readFlag("transform_8x8_mode_flag");
      if (reader.readFlag("pic_scaling_matrix_present_flag")) {
        int count = listsOf(transform8x8, sps.format().chroma());
        scalingMatrix = ScalingMatrix.parse(reader, count, "pic_scaling_list_present_flag");
      }
      crOffset = reader.readSe("second_chroma_qp_index_offset", CLAUSE, -12, 12);
    }
    return new PicParameterSet(
        id, spsId, cabac, bottomFieldPicOrder, sliceGroups, numRefIdxL0, numRefIdxL1, weightedPred, weightedBipredIdc,
        picInitQp, picInitQs, cbOffset, deblockingControl, constrainedIntra, redundant, transform8x8, scalingMatrix,
        crOffset);
  }

  /**
   * A Baseline, Main or Extended stream whose constraint flag promises to keep to one of these profiles has no 8x8 transform
   * (A.2.1 to A.2.3). What an encoder leaves after the last element is then padding.
   */
  private static boolean mayUseHighSyntax(SeqParameterSet sps) {
    boolean below = switch (sps.profileIdc()) {
      case ProfileLevel.BASELINE, ProfileLevel.MAIN, ProfileLevel.EXTENDED -> true;
      default -> false;
    };
    return !below || (sps.constraintFlags() & 0xE0) == 0;
  }

  /** Number of scaling lists in a picture parameter set. */
  private static int listsOf(boolean transform8x8, ChromaFormat chroma) {
    if (!transform8x8) {
      return 6;
    }
    return chroma == ChromaFormat.YUV444 ? 12 : 8;
  }

  /**
   * Writes pic_parameter_set_rbsp(), trailing bits included.
   *
   * @param chroma chroma_format_idc of the sequence parameter set
   */
  public void write(RbspWriter writer, ChromaFormat chroma) {
    writer.writeUe(id);
    writer.writeUe(spsId);
    writer.writeFlag(entropyCodingModeFlag);
    writer.writeFlag(bottomFieldPicOrderInFramePresentFlag);
    writer.writeUe(numSliceGroups() - 1);
    if (sliceGroups != null) {
      sliceGroups.write(writer);
    }
    writer.writeUe(numRefIdxL0DefaultActive - 1);
    writer.writeUe(numRefIdxL1DefaultActive - 1);
    writer.writeFlag(weightedPredFlag);
    writer.writeBits(2, weightedBipredIdc);
    writer.writeSe(picInitQp - 26);
    writer.writeSe(picInitQs - 26);
    writer.writeSe(chromaQpIndexOffset);
    writer.writeFlag(deblockingFilterControlPresentFlag);
    writer.writeFlag(constrainedIntraPredFlag);
    writer.writeFlag(redundantPicCntPresentFlag);
    if (transform8x8ModeFlag || scalingMatrix != null || secondChromaQpIndexOffset != chromaQpIndexOffset) {
      writer.writeFlag(transform8x8ModeFlag);
      writer.writeFlag(scalingMatrix != null);
      if (scalingMatrix != null) {
        scalingMatrix.write(writer, listsOf(transform8x8ModeFlag, chroma));
      }
      writer.writeSe(secondChromaQpIndexOffset);
    }
    writer.writeTrailingBits();
  }
}
