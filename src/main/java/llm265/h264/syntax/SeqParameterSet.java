package llm265.h264.syntax;

import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.2.1.1 Sequence parameter set data.
 *
 * @param profileIdc profile_idc
 * @param constraintFlags the byte of constraint_set0_flag (bit 7) to reserved_zero_2bits (bits 1 and 0), as in the stream
 * @param levelIdc level_idc
 * @param id seq_parameter_set_id, 0..31
 * @param separateColourPlaneFlag separate_colour_plane_flag
 * @param qpprimeYZeroTransformBypassFlag qpprime_y_zero_transform_bypass_flag
 * @param scalingMatrix lists as sent, null if seq_scaling_matrix_present_flag is 0
 * @param log2MaxFrameNum log2_max_frame_num_minus4 + 4, 4..16
 * @param picOrderCnt pic_order_cnt_type and the elements that belong to it
 * @param maxNumRefFrames max_num_ref_frames, 0..16
 * @param gapsInFrameNumValueAllowedFlag gaps_in_frame_num_value_allowed_flag
 * @param frameMbsOnlyFlag frame_mbs_only_flag
 * @param mbAdaptiveFrameFieldFlag mb_adaptive_frame_field_flag, false with frame_mbs_only_flag
 * @param direct8x8InferenceFlag direct_8x8_inference_flag
 * @param format picture size, chroma format, bit depths and cropping
 * @param vui VUI parameters, null if not sent
 */
public record SeqParameterSet(
    int profileIdc,
    int constraintFlags,
    int levelIdc,
    int id,
    boolean separateColourPlaneFlag,
    boolean qpprimeYZeroTransformBypassFlag,
    ScalingMatrix scalingMatrix,
    int log2MaxFrameNum,
    PicOrderCnt picOrderCnt,
    int maxNumRefFrames,
    boolean gapsInFrameNumValueAllowedFlag,
    boolean frameMbsOnlyFlag,
    boolean mbAdaptiveFrameFieldFlag,
    boolean direct8x8InferenceFlag,
    PictureFormat format,
    VuiParameters vui) {

  private static final String CLAUSE = "7.4.2.1.1";

  /** In {@link #constraintFlags}: nothing is used that profile_idc 77 forbids. */
  private static final int CONSTRAINT_SET1_FLAG = 0x40;

  /** In {@link #constraintFlags}: of profiles 110, 122 and 244, the Intra profile. */
  private static final int CONSTRAINT_SET3_FLAG = 0x10;

  /** Like {@link #forIntra(PictureFormat, int[][], boolean, VideoSignal)}, with full range and without transform bypass. */
  public static SeqParameterSet forIntra(PictureFormat format, int[][] scalingLists) {
    return forIntra(format, scalingLists, false, VideoSignal.FULL_RANGE);
  }

  /**
   * What our encoder sends for IDR pictures of a format: the lowest High profile and the lowest level that hold it. Beyond
   * 8-bit High, the profile is an Intra profile (A.2.8 to A.2.10).
   *
   * @param scalingLists see {@link ScalingMatrix#of}; null for flat lists
   * @param lossless qpprime_y_zero_transform_bypass_flag
   * @param signal what the VUI parameters are to say; the location of chroma samples is sent for 4:2:0 only
   * @throws IllegalArgumentException if no level holds the format, or its cropping is no whole number of chroma samples
   */
  public static SeqParameterSet forIntra(PictureFormat format, int[][] scalingLists, boolean lossless, VideoSignal signal) {
    ProfileLevel level = ProfileLevel.lowestFor(format.widthInMbs(), format.heightInMbs());
    int profile = lossless ? ProfileLevel.HIGH_444_PREDICTIVE : ProfileLevel.lowestProfile(format);
    boolean isHigh = profile == ProfileLevel.HIGH;
    VideoSignal sent = format.chroma() == ChromaFormat.YUV420 ? signal : signal.withChromaSampleLocType(null);
    SeqParameterSet sps =
        new SeqParameterSet(
            profile, isHigh ? 0 : CONSTRAINT_SET3_FLAG, level.levelIdc(), 0, false, lossless, ScalingMatrix.of(scalingLists), 4,
            // High would allow no reference frame, too, but hardware decoders size their surface pools by this number
            PicOrderCnt.TYPE_2, isHigh ? 1 : 0, false, true, false, true, format,
            VuiParameters.forIntra(sent, isHigh ? 1 : 0));
    sps.requireWholeCropUnits();
    return sps;
  }

  /** What the VUI parameters say about the samples; {@link VideoSignal#UNKNOWN} if there are none. */
  public VideoSignal signal() {
    return vui == null ? VideoSignal.UNKNOWN : vui.signal();
  }

  /** Whether the syntax has the elements of the High profiles (7.3.2.1.1). */
  private static boolean hasChromaFormat(int profileIdc) {
    return switch (profileIdc) {
      case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
      default -> false;
    };
  }

  /**
   * A.2.1, A.2.3: whether the slices of a picture may come in any order. Otherwise each begins after the one before it
   * (7.4.3).
   */
  public boolean allowsArbitrarySliceOrder() {
    return (profileIdc == ProfileLevel.BASELINE || profileIdc == ProfileLevel.EXTENDED)
        && (constraintFlags & CONSTRAINT_SET1_FLAG) == 0;
  }

  /** ChromaArrayType. */
  public ChromaFormat chromaArrayType() {
    return separateColourPlaneFlag ? ChromaFormat.MONOCHROME : format.chroma();
  }

  /** pic_order_cnt_type. */
  public int picOrderCntType() {
    return picOrderCnt.type();
  }

  /** PicSizeInMapUnits (7-17). */
  public int picSizeInMapUnits() {
    return format.sizeInMbs() / (frameMbsOnlyFlag ? 1 : 2);
  }

  /**
   * max_num_reorder_frames, as sent or as E.2.1 infers it: how many frames may precede a frame in decoding order and follow it
   * in output order.
   */
  public int maxNumReorderFrames() {
    if (picOrderCnt.type() == 2) {
      return 0;
    }
    int most = ProfileLevel.maxDpbFrames(levelIdc, format);
    if (vui != null && vui.bitstreamRestriction() != null) {
      return Math.min(vui.bitstreamRestriction().maxNumReorderFrames(), most);
    }
    return ProfileLevel.isIntraProfile(profileIdc, constraintFlags) ? 0 : most;
  }

  /** QpBdOffsetY (7-4). */
  public int qpBdOffsetY() {
    return format.qpBdOffsetY();
  }

  /**
   * Parses seq_parameter_set_rbsp().
   *
   * <p>VUI parameters that end early or break Annex E are left out, not refused: decoding does not use them, and some cameras and
   * muxers damage them.
   *
   * @throws MalformedStreamException if an element is out of its range or the data ends early
   */
  public static SeqParameterSet parse(RbspReader reader) {
    int profileIdc = reader.readInt(8, "profile_idc");
    int constraints = parseConstraintFlags(reader);
    int levelIdc = reader.readInt(8, "level_idc");
    int id = reader.readUe("seq_parameter_set_id", CLAUSE, 31);
    ChromaFormat chroma = ChromaFormat.YUV420;
    boolean separatePlanes = false;
    int bitDepthLuma = 8;
    int bitDepthChroma = 8;
    boolean bypass = false;
    ScalingMatrix scalingMatrix = null;
    if (hasChromaFormat(profileIdc)) {
      chroma = ChromaFormat.ofIdc(reader.readUe("chroma_format_idc", CLAUSE, 3));
      separatePlanes = chroma == ChromaFormat.YUV444 && reader.readFlag("separate_colour_plane_flag");
      bitDepthLuma = 8 + reader.readUe("bit_depth_luma_minus8", CLAUSE, 6);
      bitDepthChroma = 8 + reader.readUe("bit_depth_chroma_minus8", CLAUSE, 6);
      bypass = reader.readFlag("qpprime_y_zero_transform_bypass_flag");
      if (reader.readFlag("seq_scaling_matrix_present_flag")) {
        scalingMatrix = ScalingMatrix.parse(reader, listsOf(chroma), "seq_scaling_list_present_flag");
      }
    }
    int log2MaxFrameNum = 4 + reader.readUe("log2_max_frame_num_minus4", CLAUSE, 12);
    PicOrderCnt picOrderCnt = PicOrderCnt.parse(reader);
    int maxNumRefFrames = reader.readUe("max_num_ref_frames", CLAUSE, 16);
    boolean gaps = reader.readFlag("gaps_in_frame_num_value_allowed_flag");
    int widthInMbs = 1 + reader.readUe("pic_width_in_mbs_minus1", CLAUSE, PictureFormat.MAX_SIZE_IN_MBS - 1);
    int mapUnits = 1 + reader.readUe("pic_height_in_map_units_minus1", CLAUSE, PictureFormat.MAX_SIZE_IN_MBS - 1);
    boolean frameMbsOnly = reader.readFlag("frame_mbs_only_flag");
    boolean mbaff = !frameMbsOnly && reader.readFlag("mb_adaptive_frame_field_flag");
    boolean direct8x8 = reader.readFlag("direct_8x8_inference_flag");
    if (!frameMbsOnly && !direct8x8) {
      throw new MalformedStreamException("direct_8x8_inference_flag", CLAUSE, "is 0 where frame_mbs_only_flag is 0");
    }
    int heightInMbs = mapUnits * (frameMbsOnly ? 1 : 2);
    if ((long) widthInMbs * heightInMbs > PictureFormat.MAX_SIZE_IN_MBS) {
      throw new MalformedStreamException(
          "pic_width_in_mbs_minus1", "A.3.1",
          "picture of " + widthInMbs + "x" + heightInMbs + " macroblocks is beyond any level");
    }
    int[] crop = parseCropping(
        reader, separatePlanes ? ChromaFormat.MONOCHROME : chroma, frameMbsOnly, widthInMbs, heightInMbs);
    PictureFormat format = new PictureFormat(
        widthInMbs, heightInMbs, chroma, bitDepthLuma, bitDepthChroma, crop[0], crop[1], crop[2], crop[3]);
    VuiParameters vui = parseVui(reader);
    return new SeqParameterSet(
        profileIdc, constraints, levelIdc, id, separatePlanes, bypass, scalingMatrix, log2MaxFrameNum, picOrderCnt,
        maxNumRefFrames, gaps, frameMbsOnly, mbaff, direct8x8, format, vui);
  }

  /**
   * Reads only seq_parameter_set_id, of a set that cannot be read to its end.
   *
   * @throws MalformedStreamException if not even that can be read
   */
  public static int readId(RbspReader reader) {
    reader.readInt(24, "profile_idc");
    return reader.readUe("seq_parameter_set_id", CLAUSE, 31);
  }

  private static int parseConstraintFlags(RbspReader reader) {
    int constraints = 0;
    for (int i = 0; i < 6; i++) {
      constraints |= reader.readInt(1, "constraint_set" + i + "_flag") << (7 - i);
    }
    return constraints | reader.readInt(2, "reserved_zero_2bits");
  }

  private static VuiParameters parseVui(RbspReader reader) {
    if (!reader.readFlag("vui_parameters_present_flag")) {
      return null;
    }
    try {
      return VuiParameters.parse(reader);
    } catch (MalformedStreamException e) {
      reader.leaveOut(e);
      return null;
    }
  }

  /** Number of scaling lists in a sequence parameter set. */
  private static int listsOf(ChromaFormat chroma) {
    return chroma == ChromaFormat.YUV444 ? 12 : 8;
  }

  /** Cropping in luma samples: left, right, top, bottom (7-19 to 7-22). */
  private static int[] parseCropping(
      RbspReader reader, ChromaFormat chromaArrayType, boolean frameMbsOnly, int widthInMbs, int heightInMbs) {
    int[] crop = new int[4];
    if (!reader.readFlag("frame_cropping_flag")) {
      return crop;
    }
    int unitX = cropUnitX(chromaArrayType);
    int unitY = cropUnitY(chromaArrayType, frameMbsOnly);
    int widest = 16 * widthInMbs / unitX - 1;
    int highest = 16 * heightInMbs / unitY - 1;
    crop[0] = unitX * reader.readUe("frame_crop_left_offset", CLAUSE, widest);
    crop[1] = unitX * reader.readUe("frame_crop_right_offset", CLAUSE, widest - crop[0] / unitX);
    crop[2] = unitY * reader.readUe("frame_crop_top_offset", CLAUSE, highest);
    crop[3] = unitY * reader.readUe("frame_crop_bottom_offset", CLAUSE, highest - crop[2] / unitY);
    return crop;
  }

  /** CropUnitX (7-19, 7-21). */
  private static int cropUnitX(ChromaFormat chromaArrayType) {
    return Math.max(chromaArrayType.subWidthC(), 1);
  }

  /** CropUnitY (7-20, 7-22). */
  private static int cropUnitY(ChromaFormat chromaArrayType, boolean frameMbsOnly) {
    return Math.max(chromaArrayType.subHeightC(), 1) * (frameMbsOnly ? 1 : 2);
  }

  private void requireWholeCropUnits() {
    int unitX = cropUnitX(chromaArrayType());
    int unitY = cropUnitY(chromaArrayType(), frameMbsOnlyFlag);
    if ((format.cropLeft() % unitX | format.cropRight() % unitX | format.cropTop() % unitY
            | format.cropBottom() % unitY) != 0) {
      throw new IllegalArgumentException(
          "cropping of " + format + " is not a multiple of " + unitX + "x" + unitY + " samples");
    }
  }

  /**
   * Writes seq_parameter_set_rbsp(), trailing bits included.
   *
   * @throws IllegalArgumentException if the cropping is no whole number of cropping units, or the profile has no syntax for
   *     the format
   */
  public void write(RbspWriter writer) {
    requireWholeCropUnits();
    writer.writeBits(8, profileIdc);
    writer.writeBits(8, constraintFlags);
    writer.writeBits(8, levelIdc);
    writer.writeUe(id);
    if (hasChromaFormat(profileIdc)) {
      writeChromaFormat(writer);
    } else if (format.chroma() != ChromaFormat.YUV420 || format.bitDepthLuma() != 8 || format.bitDepthChroma() != 8
        || scalingMatrix != null || qpprimeYZeroTransformBypassFlag) {
      throw new IllegalArgumentException("profile_idc " + profileIdc + " is 8-bit 4:2:0 without scaling lists");
    }
    writer.writeUe(log2MaxFrameNum - 4);
    picOrderCnt.write(writer);
    writer.writeUe(maxNumRefFrames);
    writer.writeFlag(gapsInFrameNumValueAllowedFlag);
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

  private void writeChromaFormat(RbspWriter writer) {
    writer.writeUe(format.chroma().chromaFormatIdc());
    if (format.chroma() == ChromaFormat.YUV444) {
      writer.writeFlag(separateColourPlaneFlag);
    }
    writer.writeUe(format.bitDepthLuma() - 8);
    writer.writeUe(format.bitDepthChroma() - 8);
    writer.writeFlag(qpprimeYZeroTransformBypassFlag);
    writer.writeFlag(scalingMatrix != null);
    if (scalingMatrix != null) {
      scalingMatrix.write(writer, listsOf(format.chroma()));
    }
  }

  private void writeCropping(RbspWriter writer) {
    boolean cropped = format.cropLeft() + format.cropRight() + format.cropTop() + format.cropBottom() > 0;
    writer.writeFlag(cropped);
    if (cropped) {
      int unitX = cropUnitX(chromaArrayType());
      int unitY = cropUnitY(chromaArrayType(), frameMbsOnlyFlag);
      writer.writeUe(format.cropLeft() / unitX);
      writer.writeUe(format.cropRight() / unitX);
      writer.writeUe(format.cropTop() / unitY);
      writer.writeUe(format.cropBottom() / unitY);
    }
  }
}
