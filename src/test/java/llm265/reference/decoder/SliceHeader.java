package llm265.reference.decoder;

import llm265.reference.decoder.NalUnits.NalUnit;

/** 7.3.3 Slice header, of an I slice. One object stands for one slice: macroblocks with the same object are in the same slice. */
final class SliceHeader {
  int nalRefIdc;
  boolean idrPicFlag;
  SequenceParameters sps;
  PictureParameters pps;
  int firstMbInSlice;
  int sliceType;
  int colourPlaneId;
  int frameNum;
  boolean fieldPicFlag;
  boolean bottomFieldFlag;
  boolean mbaffFrameFlag;
  int idrPicId;
  int picOrderCntLsb;
  int deltaPicOrderCntBottom;
  final int[] deltaPicOrderCnt = new int[2];
  int redundantPicCnt;
  int sliceQpY;
  int disableDeblockingFilterIdc;
  int filterOffsetA;
  int filterOffsetB;
  int sliceGroupChangeCycle;

  /** 7.4.2.2: the scaling lists that apply to the slice, twelve of them. */
  int[][] scalingLists;

  /** 7.3.3: slice_header( ). */
  static SliceHeader sliceHeader(
      NalUnit nalUnit, Bits bits, Watcher watcher, SequenceParameters[] sequences, PictureParameters[] pictures) {
    SliceHeader slice = new SliceHeader();
    slice.nalRefIdc = nalUnit.nalRefIdc();
    slice.idrPicFlag = nalUnit.nalUnitType() == NalUnits.IDR_SLICE;
    watcher.begin("slice_header", "7.3.3");
    slice.elements(bits, watcher, sequences, pictures);
    watcher.end();
    return slice;
  }

  private void elements(Bits bits, Watcher watcher, SequenceParameters[] sequences, PictureParameters[] pictures) {
    firstMbInSlice = bits.ue("first_mb_in_slice", Integer.MAX_VALUE);
    sliceType = bits.ue("slice_type", 9);
    int picParameterSetId = bits.ue("pic_parameter_set_id", 255);
    pps = pictures[picParameterSetId];
    if (pps == null) {
      throw new DecodingException("7.4.3", "there is no picture parameter set " + picParameterSetId);
    }
    // The sequence parameter set of that number may have been replaced since, so it is looked up now (7.4.1.2.1).
    sps = sequences[pps.seqParameterSetId];
    if (pps.numSliceGroupsMinus1 > 0 && pps.picSizeInMapUnits != sps.picWidthInMbs * sps.picHeightInMapUnits) {
      throw new DecodingException("7.4.2.2", "the slice groups are those of a picture of another size");
    }
    scalingLists = ScalingLists.ofPicture(sps.scalingLists, pps.scalingLists);
    if (sliceType % 5 != 2) {
      throw new DecodingException("7.4.3", "slice_type " + sliceType + ": only I slices are decoded");
    }
    if (sps.separateColourPlaneFlag) {
      colourPlaneId = bits.u(2, "colour_plane_id");
      Bits.require("colour_plane_id", colourPlaneId, 0, 2);
    }
    frameNum = bits.u(sps.log2MaxFrameNum, "frame_num");
    if (!sps.frameMbsOnlyFlag) {
      fieldPicFlag = bits.flag("field_pic_flag");
      bottomFieldFlag = fieldPicFlag && bits.flag("bottom_field_flag");
    }
    mbaffFrameFlag = sps.mbAdaptiveFrameFieldFlag && !fieldPicFlag;
    Bits.require("first_mb_in_slice", firstMbInSlice, 0, picSizeInMbs() / (mbaffFrameFlag ? 2 : 1) - 1);
    if (idrPicFlag) {
      idrPicId = bits.ue("idr_pic_id", 65535);
    }
    picOrderCnt(bits);
    if (pps.redundantPicCntPresentFlag) {
      redundantPicCnt = bits.ue("redundant_pic_cnt", 127);
    }
    if (nalRefIdc != 0) {
      decRefPicMarking(bits, watcher);
    }
    sliceQpY = pps.picInitQp + bits.se("slice_qp_delta", -sps.qpBdOffsetY - pps.picInitQp, 51 - pps.picInitQp);
    if (pps.deblockingFilterControlPresentFlag) {
      disableDeblockingFilterIdc = bits.ue("disable_deblocking_filter_idc", 2);
      if (disableDeblockingFilterIdc != 1) {
        filterOffsetA = 2 * bits.se("slice_alpha_c0_offset_div2", -6, 6);
        filterOffsetB = 2 * bits.se("slice_beta_offset_div2", -6, 6);
      }
    }
    if (pps.numSliceGroupsMinus1 > 0 && pps.sliceGroupMapType >= 3 && pps.sliceGroupMapType <= 5) {
      int mostCycles = (pps.picSizeInMapUnits + pps.sliceGroupChangeRate - 1) / pps.sliceGroupChangeRate;
      sliceGroupChangeCycle = bits.u(Bits.ceilLog2(mostCycles + 1), "slice_group_change_cycle");
      Bits.require("slice_group_change_cycle", sliceGroupChangeCycle, 0, mostCycles);
    }
  }

  private void picOrderCnt(Bits bits) {
    boolean bothFields = pps.bottomFieldPicOrderInFramePresentFlag && !fieldPicFlag;
    if (sps.picOrderCntType == 0) {
      picOrderCntLsb = bits.u(sps.log2MaxPicOrderCntLsb, "pic_order_cnt_lsb");
      if (bothFields) {
        deltaPicOrderCntBottom = bits.se("delta_pic_order_cnt_bottom", -Integer.MAX_VALUE, Integer.MAX_VALUE);
      }
    } else if (sps.picOrderCntType == 1 && !sps.deltaPicOrderAlwaysZeroFlag) {
      deltaPicOrderCnt[0] = bits.se("delta_pic_order_cnt[0]", -Integer.MAX_VALUE, Integer.MAX_VALUE);
      if (bothFields) {
        deltaPicOrderCnt[1] = bits.se("delta_pic_order_cnt[1]", -Integer.MAX_VALUE, Integer.MAX_VALUE);
      }
    }
  }

  /** 7.3.3.3: dec_ref_pic_marking( ). I slices refer to no picture, so nothing of it is kept. */
  private void decRefPicMarking(Bits bits, Watcher watcher) {
    watcher.begin("dec_ref_pic_marking", "7.3.3.3");
    if (idrPicFlag) {
      bits.flag("no_output_of_prior_pics_flag");
      bits.flag("long_term_reference_flag");
    } else if (bits.flag("adaptive_ref_pic_marking_mode_flag")) {
      int memoryManagementControlOperation;
      do {
        memoryManagementControlOperation = bits.ue("memory_management_control_operation", 6);
        if (memoryManagementControlOperation == 1 || memoryManagementControlOperation == 3) {
          bits.ue("difference_of_pic_nums_minus1");
        }
        if (memoryManagementControlOperation == 2) {
          bits.ue("long_term_pic_num");
        }
        if (memoryManagementControlOperation == 3 || memoryManagementControlOperation == 6) {
          bits.ue("long_term_frame_idx");
        }
        if (memoryManagementControlOperation == 4) {
          bits.ue("max_long_term_frame_idx_plus1");
        }
      } while (memoryManagementControlOperation != 0);
    }
    watcher.end();
  }

  /** PicHeightInMbs (7-25). */
  int picHeightInMbs() {
    return sps.frameHeightInMbs / (fieldPicFlag ? 2 : 1);
  }

  /** PicSizeInMbs (7-28). */
  int picSizeInMbs() {
    return sps.picWidthInMbs * picHeightInMbs();
  }

  /** 7.4.1.2.4: whether this slice is the first of another picture than the slice before it. */
  boolean isFirstOfPictureAfter(SliceHeader before) {
    return frameNum != before.frameNum
        || fieldPicFlag != before.fieldPicFlag
        || bottomFieldFlag != before.bottomFieldFlag
        || (nalRefIdc == 0) != (before.nalRefIdc == 0)
        || picOrderCntLsb != before.picOrderCntLsb
        || deltaPicOrderCntBottom != before.deltaPicOrderCntBottom
        || deltaPicOrderCnt[0] != before.deltaPicOrderCnt[0]
        || deltaPicOrderCnt[1] != before.deltaPicOrderCnt[1]
        || idrPicFlag != before.idrPicFlag
        || idrPicId != before.idrPicId;
  }
}
