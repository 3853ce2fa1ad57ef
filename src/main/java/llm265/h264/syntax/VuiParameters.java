package llm265.h264.syntax;

import llm265.h264.VideoSignal;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * E.1.1 VUI parameters: what the samples mean, and what a decoder must buffer. Decoding does not use them. What the flags
 * leave out is null.
 *
 * @param aspectRatio sample aspect ratio, or null
 * @param overscanAppropriateFlag overscan_appropriate_flag, or null
 * @param videoSignalType video_format and what follows it, or null
 * @param chromaLocation where chroma samples lie, or null
 * @param timing clock, or null
 * @param nalHrd hrd_parameters() of all NAL units, or null
 * @param vclHrd hrd_parameters() of the slices alone, or null
 * @param lowDelayHrdFlag low_delay_hrd_flag, false without HRD parameters
 * @param picStructPresentFlag pic_struct_present_flag
 * @param bitstreamRestriction what follows bitstream_restriction_flag, or null
 */
public record VuiParameters(
    AspectRatio aspectRatio,
    Boolean overscanAppropriateFlag,
    VideoSignalType videoSignalType,
    ChromaLocation chromaLocation,
    Timing timing,
    HrdParameters nalHrd,
    HrdParameters vclHrd,
    boolean lowDelayHrdFlag,
    boolean picStructPresentFlag,
    BitstreamRestriction bitstreamRestriction) {

  private static final String CLAUSE = "E.2.1";
  private static final int EXTENDED_SAR = 255;

  /** video_format 5: unspecified. */
  private static final int UNSPECIFIED_FORMAT = 5;

  /** Table E-1: width and height of a sample for aspect_ratio_idc, starting at 1. */
  private static final int[][] SAMPLE_ASPECT_RATIOS = {
    {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11}, {80, 33}, {18, 11}, {15, 11}, {64, 33},
    {160, 99}, {4, 3}, {3, 2}, {2, 1}
  };

  /**
   * Sample aspect ratio.
   *
   * @param aspectRatioIdc aspect_ratio_idc, 0..255 (Table E-1)
   * @param sarWidth sar_width if aspect_ratio_idc is 255 (Extended_SAR), otherwise 0
   * @param sarHeight sar_height if aspect_ratio_idc is 255, otherwise 0
   */
  public record AspectRatio(int aspectRatioIdc, int sarWidth, int sarHeight) {
    /** The code of a ratio with the fewest bits. */
    private static AspectRatio of(VideoSignal.Ratio ratio) {
      for (int i = 0; i < SAMPLE_ASPECT_RATIOS.length; i++) {
        if (ratio.numerator() == SAMPLE_ASPECT_RATIOS[i][0] && ratio.denominator() == SAMPLE_ASPECT_RATIOS[i][1]) {
          return new AspectRatio(i + 1, 0, 0);
        }
      }
      return new AspectRatio(EXTENDED_SAR, ratio.numerator(), ratio.denominator());
    }

    /** The ratio, or null if it is unspecified or reserved. */
    private VideoSignal.Ratio ratio() {
      if (aspectRatioIdc == EXTENDED_SAR) {
        return VideoSignal.Ratio.of(sarWidth, sarHeight);
      }
      return aspectRatioIdc < 1 || aspectRatioIdc > SAMPLE_ASPECT_RATIOS.length
          ? null
          : new VideoSignal.Ratio(SAMPLE_ASPECT_RATIOS[aspectRatioIdc - 1][0], SAMPLE_ASPECT_RATIOS[aspectRatioIdc - 1][1]);
    }

    private static AspectRatio parse(RbspReader reader) {
      int idc = reader.readInt(8, "aspect_ratio_idc");
      return idc == EXTENDED_SAR
          ? new AspectRatio(idc, reader.readInt(16, "sar_width"), reader.readInt(16, "sar_height"))
          : new AspectRatio(idc, 0, 0);
    }

    private void write(RbspWriter writer) {
      writer.writeBits(8, aspectRatioIdc);
      if (aspectRatioIdc == EXTENDED_SAR) {
        writer.writeBits(16, sarWidth);
        writer.writeBits(16, sarHeight);
      }
    }
  }

  /**
   * Video signal type.
   *
   * @param videoFormat video_format, 0..7; 5 is unspecified
   * @param videoFullRangeFlag video_full_range_flag
   * @param colourDescription what follows colour_description_present_flag, or null
   */
  public record VideoSignalType(
      int videoFormat, boolean videoFullRangeFlag, ColourDescription colourDescription) {
    private static VideoSignalType parse(RbspReader reader) {
      return new VideoSignalType(
          reader.readInt(3, "video_format"),
          reader.readFlag("video_full_range_flag"),
          reader.readFlag("colour_description_present_flag")
              ? new ColourDescription(
                  reader.readInt(8, "colour_primaries"),
                  reader.readInt(8, "transfer_characteristics"),
                  reader.readInt(8, "matrix_coefficients"))
              : null);
    }

    private void write(RbspWriter writer) {
      writer.writeBits(3, videoFormat);
      writer.writeFlag(videoFullRangeFlag);
      writer.writeFlag(colourDescription != null);
      if (colourDescription != null) {
        writer.writeBits(8, colourDescription.colourPrimaries());
        writer.writeBits(8, colourDescription.transferCharacteristics());
        writer.writeBits(8, colourDescription.matrixCoefficients());
      }
    }
  }

  /** colour_primaries, transfer_characteristics and matrix_coefficients, 0..255 each (Tables E-3 to E-5). */
  public record ColourDescription(int colourPrimaries, int transferCharacteristics, int matrixCoefficients) {}

  /** chroma_sample_loc_type_top_field and chroma_sample_loc_type_bottom_field, 0..5 each. */
  public record ChromaLocation(int topField, int bottomField) {}

  /** num_units_in_tick and time_scale, 0..2^32-1 each, and fixed_frame_rate_flag. */
  public record Timing(long numUnitsInTick, long timeScale, boolean fixedFrameRateFlag) {}

  /** What follows bitstream_restriction_flag, each element under its own name; 0..16 each. */
  public record BitstreamRestriction(
      boolean motionVectorsOverPicBoundariesFlag,
      int maxBytesPerPicDenom,
      int maxBitsPerMbDenom,
      int log2MaxMvLengthHorizontal,
      int log2MaxMvLengthVertical,
      int maxNumReorderFrames,
      int maxDecFrameBuffering) {
    private static BitstreamRestriction parse(RbspReader reader) {
      return new BitstreamRestriction(
          reader.readFlag("motion_vectors_over_pic_boundaries_flag"),
          reader.readUe("max_bytes_per_pic_denom", CLAUSE, 16),
          reader.readUe("max_bits_per_mb_denom", CLAUSE, 16),
          reader.readUe("log2_max_mv_length_horizontal", CLAUSE, 16),
          reader.readUe("log2_max_mv_length_vertical", CLAUSE, 16),
          reader.readUe("max_num_reorder_frames", CLAUSE, 16),
          reader.readUe("max_dec_frame_buffering", CLAUSE, 16));
    }

    private void write(RbspWriter writer) {
      writer.writeFlag(motionVectorsOverPicBoundariesFlag);
      writer.writeUe(maxBytesPerPicDenom);
      writer.writeUe(maxBitsPerMbDenom);
      writer.writeUe(log2MaxMvLengthHorizontal);
      writer.writeUe(log2MaxMvLengthVertical);
      writer.writeUe(maxNumReorderFrames);
      writer.writeUe(maxDecFrameBuffering);
    }
  }

  /** {@link #forIntra} for full-range pictures in the High profile; 3 bytes in all. */
  public static final VuiParameters FULL_RANGE_INTRA = forIntra(VideoSignal.FULL_RANGE, 1);

  /**
   * What our encoder sends: the meaning of samples, and that no picture waits for another. Denominators of 0 set no limit. The
   * lengths of motion vectors, which do not occur, have the shortest codes.
   *
   * @param signal what is known about the samples
   * @param maxDecFrameBuffering max_dec_frame_buffering; 0 for Intra profiles, whose pictures need no buffer
   */
  static VuiParameters forIntra(VideoSignal signal, int maxDecFrameBuffering) {
    ColourDescription colours = !signal.hasColourDescription() ? null
        : new ColourDescription(signal.colourPrimaries(), signal.transferCharacteristics(), signal.matrixCoefficients());
    boolean hasSignalType = signal.fullRange() != null || colours != null;
    Integer location = signal.chromaSampleLocType();
    VideoSignal.Ratio rate = signal.frameRate();
    return new VuiParameters(
        signal.sampleAspectRatio() == null ? null : AspectRatio.of(signal.sampleAspectRatio()),
        null,
        hasSignalType ? new VideoSignalType(UNSPECIFIED_FORMAT, signal.isFullRange(), colours) : null,
        location == null ? null : new ChromaLocation(location, location),
        // A frame takes two ticks (E-65)
        rate == null ? null : new Timing(rate.denominator(), 2L * rate.numerator(), true),
        null, null, false, false,
        new BitstreamRestriction(true, 0, 0, 0, 0, 0, maxDecFrameBuffering));
  }

  /** What these parameters say about the samples. */
  public VideoSignal signal() {
    ColourDescription unknown = new ColourDescription(VideoSignal.UNSPECIFIED, VideoSignal.UNSPECIFIED, VideoSignal.UNSPECIFIED);
    ColourDescription sent = videoSignalType == null ? null : videoSignalType.colourDescription();
    ColourDescription colours = sent == null ? unknown : sent;
    return new VideoSignal(
        videoSignalType == null ? null : (Boolean) videoSignalType.videoFullRangeFlag(),
        colours.colourPrimaries(), colours.transferCharacteristics(), colours.matrixCoefficients(),
        chromaLocation == null ? null : (Integer) chromaLocation.topField(),
        aspectRatio == null ? null : aspectRatio.ratio(),
        timing == null ? null : VideoSignal.Ratio.of(timing.timeScale(), 2 * timing.numUnitsInTick()));
  }

  static VuiParameters parse(RbspReader reader) {
    return reader.readStructure("vui_parameters", VuiParameters::parseElements);
  }

  private static VuiParameters parseElements(RbspReader reader) {
    AspectRatio aspectRatio =
        reader.readFlag("aspect_ratio_info_present_flag") ? AspectRatio.parse(reader) : null;
    Boolean overscan = null;
    if (reader.readFlag("overscan_info_present_flag")) {
      overscan = reader.readFlag("overscan_appropriate_flag");
    }
    VideoSignalType signalType =
        reader.readFlag("video_signal_type_present_flag") ? VideoSignalType.parse(reader) : null;
    ChromaLocation chromaLocation = null;
    if (reader.readFlag("chroma_loc_info_present_flag")) {
      chromaLocation =
          new ChromaLocation(
              reader.readUe("chroma_sample_loc_type_top_field", CLAUSE, 5),
              reader.readUe("chroma_sample_loc_type_bottom_field", CLAUSE, 5));
    }
    Timing timing = null;
    if (reader.readFlag("timing_info_present_flag")) {
      timing =
          new Timing(
              reader.readBits(32, "num_units_in_tick"),
              reader.readBits(32, "time_scale"),
              reader.readFlag("fixed_frame_rate_flag"));
    }
    HrdParameters nalHrd =
        reader.readFlag("nal_hrd_parameters_present_flag") ? HrdParameters.parse(reader) : null;
    HrdParameters vclHrd =
        reader.readFlag("vcl_hrd_parameters_present_flag") ? HrdParameters.parse(reader) : null;
    boolean lowDelay = (nalHrd != null || vclHrd != null) && reader.readFlag("low_delay_hrd_flag");
    boolean picStruct = reader.readFlag("pic_struct_present_flag");
    BitstreamRestriction restriction =
        reader.readFlag("bitstream_restriction_flag") ? BitstreamRestriction.parse(reader) : null;
    return new VuiParameters(
        aspectRatio, overscan, signalType, chromaLocation, timing, nalHrd, vclHrd, lowDelay, picStruct, restriction);
  }

  void write(RbspWriter writer) {
    writer.writeFlag(aspectRatio != null);
    if (aspectRatio != null) {
      aspectRatio.write(writer);
    }
    writer.writeFlag(overscanAppropriateFlag != null);
    if (overscanAppropriateFlag != null) {
      writer.writeFlag(overscanAppropriateFlag);
    }
    writer.writeFlag(videoSignalType != null);
    if (videoSignalType != null) {
      videoSignalType.write(writer);
    }
    writer.writeFlag(chromaLocation != null);
    if (chromaLocation != null) {
      writer.writeUe(chromaLocation.topField());
      writer.writeUe(chromaLocation.bottomField());
    }
    writer.writeFlag(timing != null);
    if (timing != null) {
      writer.writeBits(32, timing.numUnitsInTick());
      writer.writeBits(32, timing.timeScale());
      writer.writeFlag(timing.fixedFrameRateFlag());
    }
    writeHrd(writer);
    writer.writeFlag(picStructPresentFlag);
    writer.writeFlag(bitstreamRestriction != null);
    if (bitstreamRestriction != null) {
      bitstreamRestriction.write(writer);
    }
  }

  private void writeHrd(RbspWriter writer) {
    writer.writeFlag(nalHrd != null);
    if (nalHrd != null) {
      nalHrd.write(writer);
    }
    writer.writeFlag(vclHrd != null);
    if (vclHrd != null) {
      vclHrd.write(writer);
    }
    if (nalHrd != null || vclHrd != null) {
      writer.writeFlag(lowDelayHrdFlag);
    }
  }
}
