package llm265.reference.decoder;

/** 7.3.2.1.1 Sequence parameter set data: what all pictures of a sequence have in common, and the variables of 7.4.2.1.1. */
final class SequenceParameters {
  /** A.3.1: no level has pictures of more macroblocks. */
  private static final int MOST_MACROBLOCKS = 139_264;

  int profileIdc;
  int constraintSetFlags;
  int seqParameterSetId;

  /** 0: monochrome, 1: 4:2:0, 2: 4:2:2, 3: 4:4:4 (Table 6-1). Profiles without the element have 4:2:0. */
  int chromaFormatIdc = 1;
  boolean separateColourPlaneFlag;
  int bitDepthY = 8;
  int bitDepthC = 8;
  boolean qpprimeYZeroTransformBypassFlag;

  /** Null if seq_scaling_matrix_present_flag is 0. */
  ScalingLists scalingLists;
  int log2MaxFrameNum;
  int picOrderCntType;
  int log2MaxPicOrderCntLsb;
  boolean deltaPicOrderAlwaysZeroFlag;
  int picWidthInMbs;
  int picHeightInMapUnits;
  boolean frameMbsOnlyFlag;
  boolean mbAdaptiveFrameFieldFlag;
  int frameCropLeftOffset;
  int frameCropRightOffset;
  int frameCropTopOffset;
  int frameCropBottomOffset;

  // Variables of 7.4.2.1.1 and Table 6-1
  int chromaArrayType;
  int subWidthC;
  int subHeightC;
  int mbWidthC;
  int mbHeightC;
  int qpBdOffsetY;
  int qpBdOffsetC;
  int frameHeightInMbs;

  /** 7.3.2.1: seq_parameter_set_rbsp( ). */
  static SequenceParameters seqParameterSetRbsp(Bits bits, Watcher watcher) {
    SequenceParameters sps = new SequenceParameters();
    watcher.begin("seq_parameter_set_data", "7.3.2.1.1");
    sps.seqParameterSetData(bits, watcher);
    watcher.end();
    bits.rbspTrailingBits();
    return sps;
  }

  /** 7.3.2.1.1: seq_parameter_set_data( ). */
  private void seqParameterSetData(Bits bits, Watcher watcher) {
    profileIdc = bits.u(8, "profile_idc");
    for (int i = 0; i < 6; i++) {
      constraintSetFlags += bits.u(1, "constraint_set" + i + "_flag") << i;
    }
    bits.u(2, "reserved_zero_2bits");
    bits.u(8, "level_idc");
    seqParameterSetId = bits.ue("seq_parameter_set_id", 31);
    if (hasChromaFormatIdc()) {
      chromaFormatIdc = bits.ue("chroma_format_idc", 3);
      if (chromaFormatIdc == 3) {
        separateColourPlaneFlag = bits.flag("separate_colour_plane_flag");
      }
      bitDepthY = 8 + bits.ue("bit_depth_luma_minus8", 6);
      bitDepthC = 8 + bits.ue("bit_depth_chroma_minus8", 6);
      qpprimeYZeroTransformBypassFlag = bits.flag("qpprime_y_zero_transform_bypass_flag");
      if (bits.flag("seq_scaling_matrix_present_flag")) {
        scalingLists = ScalingLists.scalingMatrix(
            bits, watcher, chromaFormatIdc != 3 ? 8 : 12, "seq_scaling_list_present_flag");
      }
    }
    log2MaxFrameNum = 4 + bits.ue("log2_max_frame_num_minus4", 12);
    picOrderCnt(bits);
    bits.ue("max_num_ref_frames", 16);
    bits.flag("gaps_in_frame_num_value_allowed_flag");
    picWidthInMbs = 1 + bits.ue("pic_width_in_mbs_minus1", MOST_MACROBLOCKS - 1);
    picHeightInMapUnits = 1 + bits.ue("pic_height_in_map_units_minus1", MOST_MACROBLOCKS - 1);
    frameMbsOnlyFlag = bits.flag("frame_mbs_only_flag");
    if (!frameMbsOnlyFlag) {
      mbAdaptiveFrameFieldFlag = bits.flag("mb_adaptive_frame_field_flag");
    }
    bits.flag("direct_8x8_inference_flag");
    deriveVariables();
    if (bits.flag("frame_cropping_flag")) {
      frameCropping(bits);
    }
    if (bits.flag("vui_parameters_present_flag")) {
      new VideoUsability(bits, watcher).vuiParameters();
    }
  }

  /** The profiles whose syntax has chroma_format_idc. */
  private boolean hasChromaFormatIdc() {
    return switch (profileIdc) {
      case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
      default -> false;
    };
  }

  /** The elements that say how slice headers count pictures for output. Decoding passes them by. */
  private void picOrderCnt(Bits bits) {
    picOrderCntType = bits.ue("pic_order_cnt_type", 2);
    if (picOrderCntType == 0) {
      log2MaxPicOrderCntLsb = 4 + bits.ue("log2_max_pic_order_cnt_lsb_minus4", 12);
    } else if (picOrderCntType == 1) {
      deltaPicOrderAlwaysZeroFlag = bits.flag("delta_pic_order_always_zero_flag");
      bits.se("offset_for_non_ref_pic", -Integer.MAX_VALUE, Integer.MAX_VALUE);
      bits.se("offset_for_top_to_bottom_field", -Integer.MAX_VALUE, Integer.MAX_VALUE);
      int numRefFramesInPicOrderCntCycle = bits.ue("num_ref_frames_in_pic_order_cnt_cycle", 255);
      for (int i = 0; i < numRefFramesInPicOrderCntCycle; i++) {
        bits.se("offset_for_ref_frame[" + i + "]", -Integer.MAX_VALUE, Integer.MAX_VALUE);
      }
    }
  }

  private void deriveVariables() {
    chromaArrayType = separateColourPlaneFlag ? 0 : chromaFormatIdc;
    subWidthC = chromaFormatIdc == 3 ? 1 : 2;
    subHeightC = chromaFormatIdc == 1 ? 2 : 1;
    mbWidthC = chromaFormatIdc == 0 ? 0 : 16 / subWidthC;
    mbHeightC = chromaFormatIdc == 0 ? 0 : 16 / subHeightC;
    qpBdOffsetY = 6 * (bitDepthY - 8);
    qpBdOffsetC = 6 * (bitDepthC - 8);
    frameHeightInMbs = (frameMbsOnlyFlag ? 1 : 2) * picHeightInMapUnits;
    if ((long) picWidthInMbs * frameHeightInMbs > MOST_MACROBLOCKS) {
      throw new DecodingException("A.3.1", "a picture of " + picWidthInMbs + "x" + frameHeightInMbs + " macroblocks");
    }
  }

  /** The offsets count cropping units (7-19 to 7-22). What is left must not be empty. */
  private void frameCropping(Bits bits) {
    int width = 16 * picWidthInMbs / cropUnitX();
    int height = 16 * frameHeightInMbs / cropUnitY();
    frameCropLeftOffset = bits.ue("frame_crop_left_offset", width - 1);
    frameCropRightOffset = bits.ue("frame_crop_right_offset", width - 1 - frameCropLeftOffset);
    frameCropTopOffset = bits.ue("frame_crop_top_offset", height - 1);
    frameCropBottomOffset = bits.ue("frame_crop_bottom_offset", height - 1 - frameCropTopOffset);
  }

  /** (7-19), (7-21). */
  int cropUnitX() {
    return chromaArrayType == 0 ? 1 : subWidthC;
  }

  /** (7-20), (7-22): cropping takes the same rows from both fields. */
  int cropUnitY() {
    return (chromaArrayType == 0 ? 1 : subHeightC) * (frameMbsOnlyFlag ? 1 : 2);
  }

  /** BitDepth of a colour component: 0 for Y, 1 for Cb, 2 for Cr. */
  int bitDepth(int cIdx) {
    return cIdx == 0 ? bitDepthY : bitDepthC;
  }
}
