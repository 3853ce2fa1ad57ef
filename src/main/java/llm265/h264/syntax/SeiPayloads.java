package llm265.h264.syntax;

import java.util.function.IntFunction;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.Sei;

/** D.1 SEI payload syntax, read only for its trace: decoding does not use it. */
final class SeiPayloads {
  private static final int BUFFERING_PERIOD = 0;
  private static final int PIC_TIMING = 1;
  private static final int USER_DATA_REGISTERED_ITU_T_T35 = 4;
  private static final int RECOVERY_POINT = 6;

  /** NumClockTS for each pic_struct (Table D-1). */
  private static final int[] NUM_CLOCK_TS = {1, 1, 1, 2, 2, 3, 3, 2, 3};

  /** Names for each payloadType from 0 on (D.1.1). */
  private static final String[] NAMES = {
    "buffering_period", "pic_timing", "pan_scan_rect", "filler_payload", "user_data_registered_itu_t_t35",
    "user_data_unregistered", "recovery_point", "dec_ref_pic_marking_repetition", "spare_pic", "scene_info",
    "sub_seq_info", "sub_seq_layer_characteristics", "sub_seq_characteristics", "full_frame_freeze",
    "full_frame_freeze_release", "full_frame_snapshot", "progressive_refinement_segment_start",
    "progressive_refinement_segment_end", "motion_constrained_slice_group_set", "film_grain_characteristics",
    "deblocking_filter_display_preference", "stereo_video_info", "post_filter_hint", "tone_mapping_info",
    "scalability_info", "sub_pic_scalable_layer", "non_required_layer_rep", "priority_layer_info",
    "layers_not_present", "layer_dependency_change", "scalable_nesting", "base_layer_temporal_hrd",
    "quality_layer_integrity_check", "redundant_pic_property", "tl0_dep_rep_index", "tl_switching_point",
    "parallel_decoding_info", "mvc_scalable_nesting", "view_scalability_info", "multiview_scene_info",
    "multiview_acquisition_info", "non_required_view_component", "view_dependency_change",
    "operation_points_not_present", "base_view_temporal_hrd", "frame_packing_arrangement",
    "multiview_view_position", "display_orientation", "mvcd_scalable_nesting", "mvcd_view_scalability_info",
    "depth_representation_info", "three_dimensional_reference_displays_info", "depth_timing",
    "depth_sampling_info", "constrained_depth_parameter_set_identifier"
  };

  private SeiPayloads() {}

  /** Name of the payload syntax structure of a payloadType. */
  static String name(int payloadType) {
    if (payloadType < NAMES.length) {
      return NAMES[payloadType];
    }
    return switch (payloadType) {
      case 56 -> "green_metadata";
      case 137 -> "mastering_display_colour_volume";
      case 142 -> "colour_remapping_info";
      case 144 -> "content_light_level_info";
      case 147 -> "alternative_transfer_characteristics";
      case 148 -> "ambient_viewing_environment";
      case 149 -> "content_colour_volume";
      case 150 -> "equirectangular_projection";
      case 151 -> "cubemap_projection";
      case 154 -> "sphere_rotation";
      case 155 -> "regionwise_packing";
      case 156 -> "omni_viewport";
      case 181 -> "alternative_depth_info";
      default -> "reserved_sei_message";
    };
  }

  /**
   * Reads a payload. If its syntax is not implemented here, reads its bytes.
   *
   * @param reader holds the payload and nothing else; positioned at its first bit
   * @param spsById sequence parameter sets; null for a missing one
   * @param active the sequence parameter set in force, or null if there is none
   */
  static void read(int payloadType, RbspReader reader, IntFunction<SeqParameterSet> spsById, SeqParameterSet active) {
    switch (payloadType) {
      case BUFFERING_PERIOD -> readBufferingPeriod(reader, spsById);
      case PIC_TIMING -> readPicTiming(reader, active);
      case USER_DATA_REGISTERED_ITU_T_T35 -> {
        if (reader.readInt(8, "itu_t_t35_country_code") == 0xFF) {
          reader.readInt(8, "itu_t_t35_country_code_extension_byte");
        }
        readBytes(reader, "itu_t_t35_payload_byte");
      }
      case Sei.USER_DATA_UNREGISTERED -> {
        reader.readBytes(Sei.UUID_BYTES, "uuid_iso_iec_11578");
        readBytes(reader, "user_data_payload_byte");
      }
      case RECOVERY_POINT -> {
        reader.readUe("recovery_frame_cnt", "D.2.8", 65_535);
        reader.readFlag("exact_match_flag");
        reader.readFlag("broken_link_flag");
        reader.readInt(2, "changing_slice_group_idc");
      }
      default -> readBytes(reader, "payload_byte");
    }
  }

  private static void readBytes(RbspReader reader, String name) {
    reader.readBytes((int) (reader.bitsLeft() / 8), name);
  }

  /** D.1.2 Buffering period. */
  private static void readBufferingPeriod(RbspReader reader, IntFunction<SeqParameterSet> spsById) {
    int id = reader.readUe("seq_parameter_set_id", "D.2.2", 31);
    SeqParameterSet sps = spsById.apply(id);
    if (sps == null) {
      throw new MalformedStreamException("seq_parameter_set_id", "D.2.2", "there is no sequence parameter set " + id);
    }
    if (sps.vui() != null) {
      readInitialDelays(reader, sps.vui().nalHrd());
      readInitialDelays(reader, sps.vui().vclHrd());
    }
  }

  private static void readInitialDelays(RbspReader reader, HrdParameters hrd) {
    if (hrd == null) {
      return;
    }
    int bits = hrd.initialCpbRemovalDelayLength();
    for (int i = 0; i < hrd.schedules().size(); i++) {
      reader.readBits(bits, reader.indexed("initial_cpb_removal_delay", i));
      reader.readBits(bits, reader.indexed("initial_cpb_removal_delay_offset", i));
    }
  }

  /** D.1.3 Picture timing. */
  private static void readPicTiming(RbspReader reader, SeqParameterSet sps) {
    if (sps == null || sps.vui() == null) {
      readBytes(reader, "payload_byte");
      return;
    }
    VuiParameters vui = sps.vui();
    HrdParameters hrd = vui.nalHrd() != null ? vui.nalHrd() : vui.vclHrd();
    if (hrd != null) {
      reader.readBits(hrd.cpbRemovalDelayLength(), "cpb_removal_delay");
      reader.readBits(hrd.dpbOutputDelayLength(), "dpb_output_delay");
    }
    if (!vui.picStructPresentFlag()) {
      return;
    }
    int picStruct = reader.readInt(4, "pic_struct");
    int clocks = picStruct < NUM_CLOCK_TS.length ? NUM_CLOCK_TS[picStruct] : 0;
    // 24 bits if there are no HRD parameters (E.2.2)
    int timeOffsetLength = hrd == null ? 24 : hrd.timeOffsetLength();
    for (int i = 0; i < clocks; i++) {
      if (reader.readFlag(reader.indexed("clock_timestamp_flag", i))) {
        readClockTimestamp(reader, i, timeOffsetLength);
      }
    }
  }

  private static void readClockTimestamp(RbspReader reader, int i, int timeOffsetLength) {
    reader.readInt(2, reader.indexed("ct_type", i));
    reader.readFlag(reader.indexed("nuit_field_based_flag", i));
    reader.readInt(5, reader.indexed("counting_type", i));
    boolean full = reader.readFlag(reader.indexed("full_timestamp_flag", i));
    reader.readFlag(reader.indexed("discontinuity_flag", i));
    reader.readFlag(reader.indexed("cnt_dropped_flag", i));
    reader.readInt(8, reader.indexed("n_frames", i));
    if (full || reader.readFlag(reader.indexed("seconds_flag", i))) {
      reader.readInt(6, reader.indexed("seconds_value", i));
      if (full || reader.readFlag(reader.indexed("minutes_flag", i))) {
        reader.readInt(6, reader.indexed("minutes_value", i));
        if (full || reader.readFlag(reader.indexed("hours_flag", i))) {
          reader.readInt(5, reader.indexed("hours_value", i));
        }
      }
    }
    if (timeOffsetLength > 0) {
      reader.readSigned(timeOffsetLength, reader.indexed("time_offset", i));
    }
  }
}
