package llm265.h264.coverage;

import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.StreamListing;

/** What NAL units, parameter sets and slice headers show. */
final class ParameterCoverage {
  private final Coverage coverage;

  /** Whether the sequence parameter set that came last has scaling lists. */
  private boolean sequenceHasLists;

  ParameterCoverage(Coverage coverage) {
    this.coverage = coverage;
  }

  void nalUnits(byte[] stream) {
    for (NalUnit nalUnit : new ByteStream(stream)) {
      coverage.note("nal_unit_type", nalUnit.nalUnitType());
      int escaped = nalUnit.length() - 1 - nalUnit.rbsp().length();
      if (escaped > 0) {
        coverage.note("emulation_prevention_in", nalUnit.nalUnitType());
      }
    }
  }

  void picture(DecodedPicture decoded) {
    SeqParameterSet sps = decoded.sps();
    sequence(sps);
    pictureSet(sps, decoded.pps());
    coverage.note("slices", decoded.slices().size());
    slices(sps, decoded.slices());
    coverage.note("sei_messages", decoded.sei().size());
    if (sps.scalingMatrix() == null && decoded.pps().scalingMatrix() == null) {
      coverage.note("scaling_lists", "flat");
    }
    String of12 = sps.format().chroma() == ChromaFormat.YUV444 ? " of 12" : "";
    if (sps.scalingMatrix() != null) {
      coverage.note("scaling_lists", "SPS" + of12);
    }
    if (decoded.pps().scalingMatrix() != null) {
      coverage.note("scaling_lists", "PPS" + of12);
    }
  }

  private void sequence(SeqParameterSet sps) {
    PictureFormat format = sps.format();
    coverage.note("profile_idc", sps.profileIdc());
    coverage.note("level_idc", sps.levelIdc());
    coverage.note("bit_depth_luma", format.bitDepthLuma());
    if (format.chroma() != ChromaFormat.MONOCHROME && !sps.separateColourPlaneFlag()) {
      coverage.note("bit_depth_chroma", format.bitDepthChroma());
    }
    if (format.bitDepthLuma() > 8) {
      coverage.note("bit_depth", format.bitDepthLuma());
    }
    if (sps.qpprimeYZeroTransformBypassFlag()) {
      coverage.note("transform_bypass", format.bitDepthLuma());
    }
    coverage.note("chroma_format_idc", format.chroma().chromaFormatIdc());
    coverage.note("separate_colour_plane_flag", sps.separateColourPlaneFlag());
    coverage.note("pic_order_cnt_type", sps.picOrderCntType());
    coverage.note("sps_id", sps.id());
    coverage.note("vui", sps.vui() != null);
    coverage.note("crop_left", format.cropLeft() > 0);
    coverage.note("crop_right", format.cropRight() > 0);
    coverage.note("crop_top", format.cropTop() > 0);
    coverage.note("crop_bottom", format.cropBottom() > 0);
  }

  private void pictureSet(SeqParameterSet sps, PicParameterSet pps) {
    coverage.note("pps_id", pps.id());
    coverage.note("entropy_coding_mode_flag", pps.entropyCodingModeFlag());
    coverage.note("pic_init_qp", pps.picInitQp());
    coverage.note("chroma_qp_index_offset", pps.chromaQpIndexOffset());
    coverage.note("second_chroma_qp_index_offset", pps.secondChromaQpIndexOffset());
    coverage.note("deblocking_filter_control", pps.deblockingFilterControlPresentFlag());
    coverage.note("constrained_intra_pred", pps.constrainedIntraPredFlag());
    coverage.note("redundant_pic_cnt_present", pps.redundantPicCntPresentFlag());
    coverage.note("transform_8x8_mode", pps.transform8x8ModeFlag());
    if (pps.sliceGroups() != null) {
      coverage.note("slice_group_map_type", pps.sliceGroups().mapType());
      boolean rows = sps.picSizeInMapUnits() > sps.format().widthInMbs();
      coverage.note("slice groups", pps.sliceGroups().numSliceGroups() + " of type " + pps.sliceGroups().mapType()
          + (pps.sliceGroups().changeDirectionFlag() ? " reversed" : "") + (rows ? "" : " in a row"));
    }
  }

  private void slices(SeqParameterSet sps, List<SliceHeader> slices) {
    for (int i = 0; i < slices.size(); i++) {
      SliceHeader slice = slices.get(i);
      coverage.note("structure", structure(sps, slice));
      coverage.note("slice_type", slice.sliceType());
      coverage.note("slice_qp", slice.sliceQpY());
      coverage.note("idr", slice.idrPicFlag());
      coverage.note("nal_ref_idc", slice.nalRefIdc());
      coverage.note("disable_deblocking", slice.disableDeblockingFilterIdc());
      if (slice.disableDeblockingFilterIdc() != 1) {
        coverage.note("alpha_offset_div2", slice.filterOffsetA() / 2);
        coverage.note("beta_offset_div2", slice.filterOffsetB() / 2);
      }
      boolean sameArray = i > 0 && slices.get(i - 1).colourPlaneId() == slice.colourPlaneId()
          && slices.get(i - 1).bottomFieldFlag() == slice.bottomFieldFlag();
      coverage.note("arbitrary_slice_order", sameArray && slices.get(i - 1).firstMbInSlice() > slice.firstMbInSlice());
    }
  }

  /** How a picture is made of macroblocks, in words. */
  static String structure(SeqParameterSet sps, SliceHeader slice) {
    if (slice.fieldPicFlag()) {
      return "field";
    }
    return sps.mbAdaptiveFrameFieldFlag() ? "MBAFF frame" : sps.frameMbsOnlyFlag() ? "frame" : "frame of an interlaced sequence";
  }

  /**
   * The scaling lists of a parameter set: 0 no matrix, 1 a list sent, 2 the default list, 3 the fall-back rule, 4 the list
   * before.
   */
  void scalingLists(StreamListing.Unit unit) {
    List<StreamListing.Element> elements = unit.elements();
    boolean picture = unit.nalUnit() != null && unit.nalUnit().nalUnitType() == NalUnit.PPS;
    int list = 0;
    for (int i = 0; i < elements.size(); i++) {
      String name = elements.get(i).name();
      boolean present = elements.get(i).value() != 0;
      if (name.equals("seq_scaling_matrix_present_flag")) {
        sequenceHasLists = present;
      }
      if (name.endsWith("scaling_matrix_present_flag") && !present) {
        coverage.note(picture ? "pps_scaling" : "sps_scaling", 0);
      } else if (name.contains("scaling_list_present_flag")) {
        boolean first = list == 0 || list == 3 || list == 6 || list == 7;
        boolean isDefault = present && elements.get(i + 1).value() == -8;
        coverage.note(picture ? "pps_scaling" : "sps_scaling", present ? isDefault ? 2 : 1 : first ? 3 : 4);
        if (picture && first && !present) {
          // Where it falls back to: 0 the default (rule A), 1 the sequence's list (rule B). A stream's own SPS comes before.
          coverage.note("pps_scaling_rule", sequenceHasLists);
        }
        list++;
      }
    }
  }
}
