package llm265.h264.syntax;

import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.2.1.1 Sequence parameter set data.
 *
 * @param profileIdc profile_idc
 * @param constraintFlags constraint_set0_flag (bit 7) to reserved_zero_2bits (bits 1 and 0), as the byte in the stream
 * @param levelIdc level_idc
 * @param id seq_parameter_set_id, 0..31
 * @param separateColourPlaneFlag separate_colour_plane_flag
 * @param qpprimeYZeroTransformBypassFlag qpprime_y_zero_transform_bypass_flag
 * @param scalingLists lists as sent, null when seq_scaling_matrix_present_flag is 0; see {@link ScalingLists}
 * @param log2MaxFrameNum log2_max_frame_num_minus4 + 4
 * @param picOrderCntType pic_order_cnt_type
 * @param log2MaxPicOrderCntLsb log2_max_pic_order_cnt_lsb_minus4 + 4, 0 for other types than 0
 * @param deltaPicOrderAlwaysZeroFlag delta_pic_order_always_zero_flag, true for other types than 1
 * @param maxNumRefFrames max_num_ref_frames
 * @param frameMbsOnlyFlag frame_mbs_only_flag
 * @param mbAdaptiveFrameFieldFlag mb_adaptive_frame_field_flag
 * @param direct8x8InferenceFlag direct_8x8_inference_flag
 * @param format picture size, chroma format, bit depths and cropping
 * @param vui VUI parameters, null when not sent
 */
public record SeqParameterSet(
    int profileIdc,
    int constraintFlags,
    int levelIdc,
    int id,
    boolean separateColourPlaneFlag,
    boolean qpprimeYZeroTransformBypassFlag,
    int[][] scalingLists,
    int log2MaxFrameNum,
    int picOrderCntType,
    int log2MaxPicOrderCntLsb,
    boolean deltaPicOrderAlwaysZeroFlag,
    int maxNumRefFrames,
    boolean frameMbsOnlyFlag,
    boolean mbAdaptiveFrameFieldFlag,
    boolean direct8x8InferenceFlag,
    PictureFormat format,
    VuiParameters vui) {

  private static final String CLAUSE = "7.4.2.1.1";

  /** What our encoder sends for IDR pictures of a format: High profile, lowest level, full range. */
  public static SeqParameterSet forIntra(PictureFormat format, int[][] scalingLists) {
    if (scalingLists != null) {
      ScalingLists.check(scalingLists);
    }
    ProfileLevel level = ProfileLevel.lowestFor(format.widthInMbs(), format.heightInMbs());
    return new SeqParameterSet(
        ProfileLevel.HIGH, 0, level.levelIdc(), 0, false, false, scalingLists, 4, 2, 0, true, 1, true, false, true, format,
        VuiParameters.FULL_RANGE_INTRA);
  }

  /** Whether the syntax has the elements of the High profiles (7.3.2.1.1). */
  private static boolean hasChromaFormat(int profileIdc) {
    return switch (profileIdc) {
      case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
      default -> false;
    };
  }

  /** ChromaArrayType. */
  public ChromaFormat chromaArrayType() {
    return separateColourPlaneFlag ? ChromaFormat.MONOCHROME : format.chroma();
  }

  /** Parses seq_parameter_set_rbsp(). */
  public static SeqParameterSet parse(RbspReader reader) {
    int profileIdc = reader.readInt(8, "profile_idc");
    int constraints = 0;
    for (int i = 0; i < 6; i++) {
      constraints |= reader.readInt(1, "constraint_set" + i + "_flag") << 7 - i;
    }
    constraints |= reader.readInt(2, "reserved_zero_2bits");
    int levelIdc = reader.readInt(8, "level_idc");
    int id = reader.readUe("seq_parameter_set_id", CLAUSE, 31);
    ChromaFormat chroma = ChromaFormat.YUV420;
    boolean separatePlanes = false;
    int bitDepthLuma = 8;
    int bitDepthChroma = 8;
    boolean bypass = false;
    int[][] lists = null;
    if (hasChromaFormat(profileIdc)) {
      chroma = ChromaFormat.ofIdc(reader.readUe("chroma_format_idc", CLAUSE, 3));
      if (chroma == ChromaFormat.YUV444) {
        separatePlanes = reader.readFlag("separate_colour_plane_flag");
      }
      bitDepthLuma = 8 + reader.readUe("bit_depth_luma_minus8", CLAUSE, 6);
      bitDepthChroma = 8 + reader.readUe("bit_depth_chroma_minus8", CLAUSE, 6);
      bypass = reader.readFlag("qpprime_y_zero_transform_bypass_flag");
      if (reader.readFlag("seq_scaling_matrix_present_flag")) {
        lists = ScalingLists.parse(reader, chroma == ChromaFormat.YUV444 ? 12 : 8, "seq_scaling_list_present_flag");
      }
    }
    int log2MaxFrameNum = 4 + reader.readUe("log2_max_frame_num_minus4", CLAUSE, 12);
    int pocType = reader.readUe("pic_order_cnt_type", CLAUSE, 2);
    int log2MaxPocLsb = 0;
    boolean deltaAlwaysZero = true;
    if (pocType == 0) {
      log2MaxPocLsb = 4 + reader.readUe("log2_max_pic_order_cnt_lsb_minus4", CLAUSE, 12);
    } else if (pocType == 1) {
      deltaAlwaysZero = reader.readFlag("delta_pic_order_always_zero_flag");
      parsePicOrderCntType1(reader);
    }
    int maxNumRefFrames = reader.readUe("max_num_ref_frames", CLAUSE, 16);
    reader.readFlag("gaps_in_frame_num_value_allowed_flag");
    int widthInMbs = 1 + reader.readUe("pic_width_in_mbs_minus1", CLAUSE, PictureFormat.MAX_SIZE_IN_MBS - 1);
    int heightInMapUnits = 1 + reader.readUe("pic_height_in_map_units_minus1", CLAUSE, PictureFormat.MAX_SIZE_IN_MBS - 1);
    boolean frameMbsOnly = reader.readFlag("frame_mbs_only_flag");
    boolean mbaff = !frameMbsOnly && reader.readFlag("mb_adaptive_frame_field_flag");
    boolean direct8x8 = reader.readFlag("direct_8x8_inference_flag");
    int heightInMbs = heightInMapUnits * (frameMbsOnly ? 1 : 2);
    if ((long) widthInMbs * heightInMbs > PictureFormat.MAX_SIZE_IN_MBS) {
      throw new MalformedStreamException(
          "pic_width_in_mbs_minus1", "A.3.1", "picture of " + widthInMbs + "x" + heightInMbs + " macroblocks is beyond any level");
    }
    int[] crop = parseCropping(reader, separatePlanes ? ChromaFormat.MONOCHROME : chroma, frameMbsOnly, widthInMbs, heightInMbs);
    PictureFormat format = new PictureFormat(
        widthInMbs, heightInMbs, chroma, bitDepthLuma, bitDepthChroma, crop[0], crop[1], crop[2], crop[3]);
    VuiParameters vui = reader.readFlag("vui_parameters_present_flag") ? VuiParameters.parse(reader) : null;
    return new SeqParameterSet(
        profileIdc, constraints, levelIdc, id, separatePlanes, bypass, lists, log2MaxFrameNum, pocType, log2MaxPocLsb,
        deltaAlwaysZero, maxNumRefFrames, frameMbsOnly, mbaff, direct8x8, format, vui);
  }

  private static void parsePicOrderCntType1(RbspReader reader) {
    reader.readSe("offset_for_non_ref_pic", CLAUSE, -Integer.MAX_VALUE, Integer.MAX_VALUE);
    reader.readSe("offset_for_top_to_bottom_field", CLAUSE, -Integer.MAX_VALUE, Integer.MAX_VALUE);
    int cycle = reader.readUe("num_ref_frames_in_pic_order_cnt_cycle", CLAUSE, 255);
    for (int i = 0; i < cycle; i++) {
      reader.readSe("offset_for_ref_frame[" + i + "]", CLAUSE, -Integer.MAX_VALUE, Integer.MAX_VALUE);
    }
  }

  /** Cropping in luma samples: left, right, top, bottom (7-19 to 7-22). */
  private static int[] parseCropping(
      RbspReader reader, ChromaFormat chromaArrayType, boolean frameMbsOnly, int widthInMbs, int heightInMbs) {
    int[] crop = new int[4];
    if (!reader.readFlag("frame_cropping_flag")) {
      return crop;
    }
    int unitX = Math.max(chromaArrayType.subWidthC(), 1);
    int unitY = Math.max(chromaArrayType.subHeightC(), 1) * (frameMbsOnly ? 1 : 2);
    int widest = 16 * widthInMbs / unitX - 1;
    int highest = 16 * heightInMbs / unitY - 1;
    crop[0] = unitX * reader.readUe("frame_crop_left_offset", CLAUSE, widest);
    crop[1] = unitX * reader.readUe("frame_crop_right_offset", CLAUSE, widest - crop[0] / unitX);
    crop[2] = unitY * reader.readUe("frame_crop_top_offset", CLAUSE, highest);
    crop[3] = unitY * reader.readUe("frame_crop_bottom_offset", CLAUSE, highest - crop[2] / unitY);
    return crop;
  }

  /**
   * Writes seq_parameter_set_rbsp(), trailing bits included.
   *
   * @throws IllegalArgumentException for what this writer has no syntax for (pic_order_cnt_type 1), and for cropping that is no
   *     whole number of cropping units
   */
  public void write(RbspWriter writer) {
    writer.writeBits(8, profileIdc);
    writer.writeBits(8, constraintFlags);
    writer.writeBits(8, levelIdc);
    writer.writeUe(id);
    if (hasChromaFormat(profileIdc)) {
      writer.writeUe(format.chroma().chromaFormatIdc());
      if (format.chroma() == ChromaFormat.YUV444) {
        writer.writeFlag(separateColourPlaneFlag);
      }
      writer.writeUe(format.bitDepthLuma() - 8);
      writer.writeUe(format.bitDepthChroma() - 8);
      writer.writeFlag(qpprimeYZeroTransformBypassFlag);
      writer.writeFlag(scalingLists != null);
      if (scalingLists != null) {
        ScalingLists.write(writer, scalingLists, format.chroma() == ChromaFormat.YUV444 ? 12 : 8);
      }
    }
    writer.writeUe(log2MaxFrameNum - 4);
    writer.writeUe(picOrderCntType);
    if (picOrderCntType == 0) {
      writer.writeUe(log2MaxPicOrderCntLsb - 4);
    } else if (picOrderCntType == 1) {
      throw new IllegalArgumentException("pic_order_cnt_type 1 is not written");
    }
    writer.writeUe(maxNumRefFrames);
    writer.writeFlag(false); // gaps_in_frame_num_value_allowed_flag
    writer.writeUe(format.widthInMbs() - 1);
    writer.writeUe(format.heightInMbs() / (frameMbsOnlyFlag ? 1 : 2) - 1);
    writer.writeFlag(frameMbsOnlyFlag);
    if (!frameMbsOnlyFlag) {
      writer.writeFlag(mbAdaptiveFrameFieldFlag);
    }
    writer.writeFlag(direct8x8InferenceFlag);
    writeCropping(writer);
    writer.writeFlag(vui != null);
    if (vui != null) {
      vui.write(writer);
    }
    writer.writeTrailingBits();
  }

  private void writeCropping(RbspWriter writer) {
    boolean cropped = format.cropLeft() + format.cropRight() + format.cropTop() + format.cropBottom() > 0;
    writer.writeFlag(cropped);
    if (!cropped) {
      return;
    }
    int unitX = Math.max(chromaArrayType().subWidthC(), 1);
    int unitY = Math.max(chromaArrayType().subHeightC(), 1) * (frameMbsOnlyFlag ? 1 : 2);
    writer.writeUe(inUnits(format.cropLeft(), unitX));
    writer.writeUe(inUnits(format.cropRight(), unitX));
    writer.writeUe(inUnits(format.cropTop(), unitY));
    writer.writeUe(inUnits(format.cropBottom(), unitY));
  }

  private static int inUnits(int samples, int unit) {
    if (samples % unit != 0) {
      throw new IllegalArgumentException("cropping of " + samples + " samples is not a multiple of " + unit);
    }
    return samples / unit;
  }
}
