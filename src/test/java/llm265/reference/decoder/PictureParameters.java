package llm265.reference.decoder;

/** 7.3.2.2 Picture parameter set RBSP: what slices of several pictures have in common. */
final class PictureParameters {
  int picParameterSetId;
  int seqParameterSetId;

  /** 0: CAVLC (9.2), 1: CABAC (9.3). */
  boolean entropyCodingModeFlag;
  boolean bottomFieldPicOrderInFramePresentFlag;
  int numSliceGroupsMinus1;

  /** PicSizeInMapUnits of the sequence parameter set that slice groups were read with. */
  int picSizeInMapUnits;
  int sliceGroupMapType;
  final int[] runLengthMinus1 = new int[8];
  final int[] topLeft = new int[8];
  final int[] bottomRight = new int[8];
  boolean sliceGroupChangeDirectionFlag;
  int sliceGroupChangeRate;
  int[] sliceGroupId;
  int picInitQp;
  int chromaQpIndexOffset;
  boolean deblockingFilterControlPresentFlag;
  boolean redundantPicCntPresentFlag;
  boolean transform8x8ModeFlag;

  /** Null if pic_scaling_matrix_present_flag is 0. */
  ScalingLists scalingLists;
  int secondChromaQpIndexOffset;

  /**
   * 7.3.2.2: pic_parameter_set_rbsp( ); {@code sequences} are the sequence parameter sets received so far. Null if it refers to
   * none of them: then it belongs to a layer of Annex G or H, which has sets of its own.
   */
  static PictureParameters picParameterSetRbsp(Bits bits, Watcher watcher, SequenceParameters[] sequences) {
    PictureParameters pps = new PictureParameters();
    watcher.begin("pic_parameter_set_rbsp", "7.3.2.2");
    pps.picParameterSetId = bits.ue("pic_parameter_set_id", 255);
    pps.seqParameterSetId = bits.ue("seq_parameter_set_id", 31);
    SequenceParameters sps = sequences[pps.seqParameterSetId];
    if (sps != null) {
      pps.elements(bits, watcher, sps);
      bits.rbspTrailingBits();
    }
    watcher.end();
    return sps == null ? null : pps;
  }

  private void elements(Bits bits, Watcher watcher, SequenceParameters sps) {
    entropyCodingModeFlag = bits.flag("entropy_coding_mode_flag");
    bottomFieldPicOrderInFramePresentFlag = bits.flag("bottom_field_pic_order_in_frame_present_flag");
    numSliceGroupsMinus1 = bits.ue("num_slice_groups_minus1", 7);
    if (numSliceGroupsMinus1 > 0) {
      sliceGroups(bits, sps);
    }
    bits.ue("num_ref_idx_l0_default_active_minus1", 31);
    bits.ue("num_ref_idx_l1_default_active_minus1", 31);
    bits.flag("weighted_pred_flag");
    bits.u(2, "weighted_bipred_idc");
    picInitQp = 26 + bits.se("pic_init_qp_minus26", -26 - sps.qpBdOffsetY, 25);
    bits.se("pic_init_qs_minus26", -26 - sps.qpBdOffsetY, 25);
    chromaQpIndexOffset = bits.se("chroma_qp_index_offset", -12, 12);
    deblockingFilterControlPresentFlag = bits.flag("deblocking_filter_control_present_flag");
    bits.flag("constrained_intra_pred_flag");
    redundantPicCntPresentFlag = bits.flag("redundant_pic_cnt_present_flag");
    secondChromaQpIndexOffset = chromaQpIndexOffset;
    if (bits.moreRbspData()) {
      transform8x8ModeFlag = bits.flag("transform_8x8_mode_flag");
      if (bits.flag("pic_scaling_matrix_present_flag")) {
        int lists8x8 = !transform8x8ModeFlag ? 0 : sps.chromaFormatIdc != 3 ? 2 : 6;
        scalingLists = ScalingLists.scalingMatrix(bits, watcher, 6 + lists8x8, "pic_scaling_list_present_flag");
      }
      secondChromaQpIndexOffset = bits.se("second_chroma_qp_index_offset", -12, 12);
    }
  }

  private void sliceGroups(Bits bits, SequenceParameters sps) {
    picSizeInMapUnits = sps.picWidthInMbs * sps.picHeightInMapUnits;
    sliceGroupMapType = bits.ue("slice_group_map_type", 6);
    if (sliceGroupMapType == 0) {
      for (int iGroup = 0; iGroup <= numSliceGroupsMinus1; iGroup++) {
        runLengthMinus1[iGroup] = bits.ue("run_length_minus1[" + iGroup + "]", picSizeInMapUnits - 1);
      }
    } else if (sliceGroupMapType == 2) {
      for (int iGroup = 0; iGroup < numSliceGroupsMinus1; iGroup++) {
        topLeft[iGroup] = bits.ue("top_left[" + iGroup + "]", picSizeInMapUnits - 1);
        bottomRight[iGroup] = bits.ue("bottom_right[" + iGroup + "]", picSizeInMapUnits - 1);
      }
    } else if (sliceGroupMapType == 3 || sliceGroupMapType == 4 || sliceGroupMapType == 5) {
      sliceGroupChangeDirectionFlag = bits.flag("slice_group_change_direction_flag");
      sliceGroupChangeRate = 1 + bits.ue("slice_group_change_rate_minus1", picSizeInMapUnits - 1);
    } else if (sliceGroupMapType == 6) {
      int picSizeInMapUnitsMinus1 = bits.ue("pic_size_in_map_units_minus1", picSizeInMapUnits - 1);
      Bits.require("pic_size_in_map_units_minus1", picSizeInMapUnitsMinus1, picSizeInMapUnits - 1, picSizeInMapUnits - 1);
      sliceGroupId = new int[picSizeInMapUnits];
      for (int i = 0; i < picSizeInMapUnits; i++) {
        sliceGroupId[i] = bits.u(Bits.ceilLog2(numSliceGroupsMinus1 + 1), "slice_group_id[" + i + "]");
        Bits.require("slice_group_id", sliceGroupId[i], 0, numSliceGroupsMinus1);
      }
    }
  }
}
