package llm265.h264.syntax;

import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * E.1.1 VUI parameters: the part that matters to a decoder of samples. Other elements are read, reported to a trace and dropped.
 *
 * @param videoFullRangeFlag video_full_range_flag, false where not sent
 * @param matrixCoefficients matrix_coefficients, 2 (unspecified) where not sent
 * @param bitstreamRestriction whether max_num_reorder_frames and max_dec_frame_buffering were sent
 */
public record VuiParameters(
    boolean videoFullRangeFlag,
    int matrixCoefficients,
    boolean bitstreamRestriction,
    int maxNumReorderFrames,
    int maxDecFrameBuffering) {

  /** What our encoder sends: full range, and that no picture waits for another. */
  public static final VuiParameters FULL_RANGE_INTRA = new VuiParameters(true, 2, true, 0, 1);

  static VuiParameters parse(RbspReader reader) {
    if (reader.readFlag("aspect_ratio_info_present_flag")
        && reader.readInt(8, "aspect_ratio_idc") == 255) {
      reader.readInt(16, "sar_width");
      reader.readInt(16, "sar_height");
    }
    if (reader.readFlag("overscan_info_present_flag")) {
      reader.readFlag("overscan_appropriate_flag");
    }
    boolean fullRange = false;
    int matrixCoefficients = 2;
    if (reader.readFlag("video_signal_type_present_flag")) {
      reader.readInt(3, "video_format");
      fullRange = reader.readFlag("video_full_range_flag");
      if (reader.readFlag("colour_description_present_flag")) {
        reader.readInt(8, "colour_primaries");
        reader.readInt(8, "transfer_characteristics");
        matrixCoefficients = reader.readInt(8, "matrix_coefficients");
      }
    }
    if (reader.readFlag("chroma_loc_info_present_flag")) {
      reader.readUe("chroma_sample_loc_type_top_field", "E.2.1", 5);
      reader.readUe("chroma_sample_loc_type_bottom_field", "E.2.1", 5);
    }
    if (reader.readFlag("timing_info_present_flag")) {
      reader.readBits(32, "num_units_in_tick");
      reader.readBits(32, "time_scale");
      reader.readFlag("fixed_frame_rate_flag");
    }
    boolean nalHrd = reader.readFlag("nal_hrd_parameters_present_flag");
    if (nalHrd) {
      parseHrd(reader);
    }
    boolean vclHrd = reader.readFlag("vcl_hrd_parameters_present_flag");
    if (vclHrd) {
      parseHrd(reader);
    }
    if (nalHrd || vclHrd) {
      reader.readFlag("low_delay_hrd_flag");
    }
    reader.readFlag("pic_struct_present_flag");
    boolean restriction = reader.readFlag("bitstream_restriction_flag");
    int reorder = 0;
    int buffering = 0;
    if (restriction) {
      reader.readFlag("motion_vectors_over_pic_boundaries_flag");
      reader.readUe("max_bytes_per_pic_denom", "E.2.1", 16);
      reader.readUe("max_bits_per_mb_denom", "E.2.1", 16);
      reader.readUe("log2_max_mv_length_horizontal", "E.2.1", 16);
      reader.readUe("log2_max_mv_length_vertical", "E.2.1", 16);
      reorder = reader.readUe("max_num_reorder_frames", "E.2.1", 16);
      buffering = reader.readUe("max_dec_frame_buffering", "E.2.1", 16);
    }
    return new VuiParameters(fullRange, matrixCoefficients, restriction, reorder, buffering);
  }

  /** E.1.2 HRD parameters. */
  private static void parseHrd(RbspReader reader) {
    int cpbCntMinus1 = reader.readUe("cpb_cnt_minus1", "E.2.2", 31);
    reader.readInt(4, "bit_rate_scale");
    reader.readInt(4, "cpb_size_scale");
    for (int i = 0; i <= cpbCntMinus1; i++) {
      reader.readUe("bit_rate_value_minus1[" + i + "]", "E.2.2", Integer.MAX_VALUE);
      reader.readUe("cpb_size_value_minus1[" + i + "]", "E.2.2", Integer.MAX_VALUE);
      reader.readFlag("cbr_flag[" + i + "]");
    }
    reader.readInt(5, "initial_cpb_removal_delay_length_minus1");
    reader.readInt(5, "cpb_removal_delay_length_minus1");
    reader.readInt(5, "dpb_output_delay_length_minus1");
    reader.readInt(5, "time_offset_length");
  }

  void write(RbspWriter writer) {
    writer.writeFlag(false); // aspect_ratio_info_present_flag
    writer.writeFlag(false); // overscan_info_present_flag
    boolean colour = matrixCoefficients != 2;
    boolean signalType = videoFullRangeFlag || colour;
    writer.writeFlag(signalType);
    if (signalType) {
      writer.writeBits(3, 5); // video_format: unspecified
      writer.writeFlag(videoFullRangeFlag);
      writer.writeFlag(colour);
      if (colour) {
        writer.writeBits(8, 2); // colour_primaries: unspecified
        writer.writeBits(8, 2); // transfer_characteristics: unspecified
        writer.writeBits(8, matrixCoefficients);
      }
    }
    writer.writeFlag(false); // chroma_loc_info_present_flag
    writer.writeFlag(false); // timing_info_present_flag
    writer.writeFlag(false); // nal_hrd_parameters_present_flag
    writer.writeFlag(false); // vcl_hrd_parameters_present_flag
    writer.writeFlag(false); // pic_struct_present_flag
    writer.writeFlag(bitstreamRestriction);
    if (bitstreamRestriction) {
      writer.writeFlag(true); // motion_vectors_over_pic_boundaries_flag, as inferred without it
      writer.writeUe(0); // max_bytes_per_pic_denom: no limit
      writer.writeUe(0); // max_bits_per_mb_denom: no limit
      writer.writeUe(0); // log2_max_mv_length_horizontal: there are no vectors
      writer.writeUe(0); // log2_max_mv_length_vertical
      writer.writeUe(maxNumReorderFrames);
      writer.writeUe(maxDecFrameBuffering);
    }
  }
}
