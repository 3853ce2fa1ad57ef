package llm265.h264.generate;

import java.util.Locale;
import llm265.h264.ChromaFormat;
import llm265.h264.generate.RandomStream.Entropy;

/** What a malformed stream breaks: one thing, in a slice or set of its own behind sound pictures. */
public enum StreamFault {
  SLICE_TRUNCATED("slice data cut off in their middle", ""),
  SLICE_HEADER_TRUNCATED("slice_header() cut off after a byte", "ends"),
  NO_SLICE_DATA("a slice that ends with its header", ""),
  MACROBLOCKS_MISSING("a picture whose last macroblocks are in no slice", "in no slice"),
  MACROBLOCKS_TWICE("two slices with the same macroblocks", ""),
  PAST_THE_PICTURE("a slice that goes on past the last macroblock", ""),
  FIRST_MB("first_mb_in_slice beyond the picture", "first_mb_in_slice"),
  SLICE_TYPE("slice_type 10", "slice_type"),
  PPS_MISSING("pic_parameter_set_id of a set that was not sent", "pic_parameter_set_id"),
  PPS_ID("pic_parameter_set_id 256", "pic_parameter_set_id"),
  SPS_MISSING("a picture parameter set for a sequence parameter set that was not sent", "seq_parameter_set_id"),
  SLICE_QP("SliceQPY 52", "slice_qp_delta"),
  DEBLOCKING_IDC("disable_deblocking_filter_idc 3", "disable_deblocking_filter_idc"),
  DEBLOCKING_OFFSET("slice_alpha_c0_offset_div2 7", "slice_alpha_c0_offset_div2"),
  MB_TYPE("mb_type 26", "mb_type"),
  INTRA_4X4_MODE("Intra_4x4 vertical prediction in the first macroblock", "Intra4x4PredMode"),
  INTRA_16X16_MODE("Intra_16x16 plane prediction in the first macroblock", "Intra16x16PredMode"),
  CHROMA_MODE("plane prediction of chroma in the first macroblock", "intra_chroma_pred_mode"),
  QP_DELTA("mb_qp_delta one above the largest", "mb_qp_delta"),
  LEVEL("a level that no bit depth has", "level"),
  PCM_TRUNCATED("I_PCM that ends among its samples", "pcm_sample"),
  UE_TOO_LONG("pic_width_in_mbs_minus1 of 40 leading zero bits", "pic_width_in_mbs_minus1"),
  PICTURE_SIZE("a picture of 4096x4096 macroblocks", "pic_width_in_mbs_minus1"),
  CROP("cropping that leaves no column", "frame_crop_right_offset"),
  CHROMA_FORMAT("chroma_format_idc 4", "chroma_format_idc"),
  BIT_DEPTH("bit_depth_luma_minus8 7", "bit_depth_luma_minus8"),
  SCALING_LIST("delta_scale 128", "delta_scale"),
  SPS_TRUNCATED("a sequence parameter set of two bytes", "ends"),
  FORBIDDEN_BIT("forbidden_zero_bit 1", "forbidden_zero_bit"),
  SEI_SIZE("an SEI message longer than its NAL unit", "payloadSize");

  private final String description;
  private final String told;

  StreamFault(String description, String told) {
    this.description = description;
    this.told = told;
  }

  /** Its name in file names. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public String description() {
    return description;
  }

  /** A word that our decoder's message has; empty where it depends on what the bits happen to be. */
  public String told() {
    return told;
  }

  /** Whether a stream of a plan can have the fault. */
  boolean isPossible(StreamPlan plan) {
    ChromaFormat chroma = plan.tools().chroma();
    return switch (this) {
      case MB_TYPE -> plan.tools().entropy() == Entropy.CAVLC;
      case CHROMA_MODE -> chroma == ChromaFormat.YUV420 || chroma == ChromaFormat.YUV422;
      case PCM_TRUNCATED -> plan.has(Tool.PCM);
      default -> true;
    };
  }
}
