package llm265.reference.decoder;

/** E.1 VUI syntax: what samples mean, and what a decoder must buffer. No sample depends on it, so values are only passed by. */
final class VideoUsability {
  private static final int EXTENDED_SAR = 255;

  private final Bits bits;
  private final Watcher watcher;

  VideoUsability(Bits bits, Watcher watcher) {
    this.bits = bits;
    this.watcher = watcher;
  }

  /** E.1.1: vui_parameters( ). */
  void vuiParameters() {
    watcher.begin("vui_parameters", "E.1.1");
    if (bits.flag("aspect_ratio_info_present_flag") && bits.u(8, "aspect_ratio_idc") == EXTENDED_SAR) {
      bits.u(16, "sar_width");
      bits.u(16, "sar_height");
    }
    if (bits.flag("overscan_info_present_flag")) {
      bits.flag("overscan_appropriate_flag");
    }
    if (bits.flag("video_signal_type_present_flag")) {
      bits.u(3, "video_format");
      bits.flag("video_full_range_flag");
      if (bits.flag("colour_description_present_flag")) {
        bits.u(8, "colour_primaries");
        bits.u(8, "transfer_characteristics");
        bits.u(8, "matrix_coefficients");
      }
    }
    if (bits.flag("chroma_loc_info_present_flag")) {
      bits.ue("chroma_sample_loc_type_top_field", 5);
      bits.ue("chroma_sample_loc_type_bottom_field", 5);
    }
    if (bits.flag("timing_info_present_flag")) {
      bits.u32(32, "num_units_in_tick");
      bits.u32(32, "time_scale");
      bits.flag("fixed_frame_rate_flag");
    }
    boolean nalHrdParametersPresentFlag = bits.flag("nal_hrd_parameters_present_flag");
    if (nalHrdParametersPresentFlag) {
      hrdParameters();
    }
    boolean vclHrdParametersPresentFlag = bits.flag("vcl_hrd_parameters_present_flag");
    if (vclHrdParametersPresentFlag) {
      hrdParameters();
    }
    if (nalHrdParametersPresentFlag || vclHrdParametersPresentFlag) {
      bits.flag("low_delay_hrd_flag");
    }
    bits.flag("pic_struct_present_flag");
    if (bits.flag("bitstream_restriction_flag")) {
      bits.flag("motion_vectors_over_pic_boundaries_flag");
      bits.ue("max_bytes_per_pic_denom", 16);
      bits.ue("max_bits_per_mb_denom", 16);
      bits.ue("log2_max_mv_length_horizontal", 16);
      bits.ue("log2_max_mv_length_vertical", 16);
      bits.ue("max_num_reorder_frames", 16);
      bits.ue("max_dec_frame_buffering", 16);
    }
    watcher.end();
  }

  /** E.1.2: hrd_parameters( ). */
  private void hrdParameters() {
    watcher.begin("hrd_parameters", "E.1.2");
    int cpbCntMinus1 = bits.ue("cpb_cnt_minus1", 31);
    bits.u(4, "bit_rate_scale");
    bits.u(4, "cpb_size_scale");
    for (int schedSelIdx = 0; schedSelIdx <= cpbCntMinus1; schedSelIdx++) {
      bits.ue("bit_rate_value_minus1[" + schedSelIdx + "]");
      bits.ue("cpb_size_value_minus1[" + schedSelIdx + "]");
      bits.flag("cbr_flag[" + schedSelIdx + "]");
    }
    bits.u(5, "initial_cpb_removal_delay_length_minus1");
    bits.u(5, "cpb_removal_delay_length_minus1");
    bits.u(5, "dpb_output_delay_length_minus1");
    bits.u(5, "time_offset_length");
    watcher.end();
  }
}
