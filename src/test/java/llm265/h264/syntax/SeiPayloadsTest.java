package llm265.h264.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.SyntaxTrace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeiPayloadsTest {
  private static final int BUFFERING_PERIOD = 0;
  private static final int PIC_TIMING = 1;
  private static final int USER_DATA_REGISTERED = 4;
  private static final int USER_DATA_UNREGISTERED = 5;
  private static final int RECOVERY_POINT = 6;

  /** {@code name=value} of each element, and the bytes that are read at once in hexadecimal. */
  private static final class Elements implements SyntaxTrace {
    private final List<String> all = new ArrayList<>();

    @Override
    public void element(String name, long bitPosition, int bits, long value) {
      all.add(name + "=" + value);
    }

    @Override
    public void bytes(String name, long bitPosition, byte[] value) {
      all.add(name + "=" + HexFormat.of().formatHex(value));
    }
  }

  private static List<String> read(int payloadType, RbspReader reader, SeqParameterSet sps) {
    Elements elements = new Elements();
    reader.setTrace(elements);
    SeiPayloads.read(payloadType, reader, id -> sps != null && id == sps.id() ? sps : null, sps);
    return elements.all;
  }

  private static List<String> read(int payloadType, String bits, SeqParameterSet sps) {
    return read(payloadType, SyntaxFixtures.bits(bits), sps);
  }

  private static List<String> ofBytes(int payloadType, String hex) {
    return read(payloadType, SyntaxFixtures.reader(HexFormat.ofDelimiter(" ").parseHex(hex)), null);
  }

  /** Delays of so many bits, in as many schedules as are wanted. */
  private static HrdParameters hrd(int schedules, int initialDelay, int removalDelay, int outputDelay, int timeOffset) {
    List<HrdParameters.Schedule> list = new ArrayList<>();
    for (int i = 0; i < schedules; i++) {
      list.add(new HrdParameters.Schedule(1, 1, false));
    }
    return new HrdParameters(0, 0, list, initialDelay, removalDelay, outputDelay, timeOffset);
  }

  private static SeqParameterSet sps(HrdParameters nal, HrdParameters vcl, boolean picStruct) {
    return sps(new VuiParameters(null, null, null, null, null, nal, vcl, false, picStruct, null));
  }

  private static SeqParameterSet sps(VuiParameters vui) {
    return new SeqParameterSet(
        100, 0, 10, 3, false, false, null, 4, PicOrderCnt.TYPE_2, 1, false, true, false, true,
        PictureFormat.of8Bit(16, 16, ChromaFormat.YUV420), vui);
  }

  @ParameterizedTest
  @CsvSource({
    "0, buffering_period", "1, pic_timing", "4, user_data_registered_itu_t_t35", "5, user_data_unregistered", "6, recovery_point",
    "13, full_frame_freeze", "19, film_grain_characteristics", "23, tone_mapping_info", "30, scalable_nesting",
    "45, frame_packing_arrangement", "47, display_orientation", "50, depth_representation_info",
    "54, constrained_depth_parameter_set_identifier", "55, reserved_sei_message", "56, green_metadata",
    "137, mastering_display_colour_volume", "144, content_light_level_info", "147, alternative_transfer_characteristics",
    "181, alternative_depth_info", "182, reserved_sei_message", "255, reserved_sei_message", "100000, reserved_sei_message"
  })
  void payloadsHaveTheNamesOfTheirTypes(int payloadType, String name) {
    assertThat(SeiPayloads.name(payloadType)).isEqualTo(name);
  }

  @Test
  void aRecoveryPoint() {
    assertThat(read(RECOVERY_POINT, "00110 1 0 10", null)).containsExactly(
        "recovery_frame_cnt=5", "exact_match_flag=1", "broken_link_flag=0", "changing_slice_group_idc=2");
    // MaxFrameNum is 65536 at most.
    String zeros = "0".repeat(16);
    assertThat(read(RECOVERY_POINT, zeros + "1" + zeros + "0000", null)).contains("recovery_frame_cnt=65535");
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> read(RECOVERY_POINT, zeros + "1" + "0".repeat(15) + "1 0000", null))
        .withMessageContaining("recovery_frame_cnt").withMessageContaining("D.2.8");
  }

  @Test
  void registeredUserDataMayExtendTheCountry() {
    assertThat(ofBytes(USER_DATA_REGISTERED, "b5 00 31 47")).containsExactly(
        "itu_t_t35_country_code=181", "itu_t_t35_payload_byte=003147");
    assertThat(ofBytes(USER_DATA_REGISTERED, "ff 00 31 47")).containsExactly(
        "itu_t_t35_country_code=255", "itu_t_t35_country_code_extension_byte=0", "itu_t_t35_payload_byte=3147");
  }

  @Test
  void unregisteredUserDataBeginWithTheirUuid() {
    assertThat(ofBytes(USER_DATA_UNREGISTERED, "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f fe 00 02")).containsExactly(
        "uuid_iso_iec_11578=000102030405060708090a0b0c0d0e0f", "user_data_payload_byte=fe0002");
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> ofBytes(USER_DATA_UNREGISTERED, "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e"));
  }

  @Test
  void whatHasNoSyntaxHereIsBytes() {
    assertThat(ofBytes(137, "01 02 ff")).containsExactly("payload_byte=0102ff");
  }

  @Test
  void aBufferingPeriodHasDelaysOfEverySchedule() {
    SeqParameterSet both = sps(hrd(2, 4, 1, 1, 0), hrd(1, 3, 1, 1, 0), false);
    assertThat(read(BUFFERING_PERIOD, "00100 0001 0010 0011 1111  101 110", both)).containsExactly(
        "seq_parameter_set_id=3",
        "initial_cpb_removal_delay[0]=1", "initial_cpb_removal_delay_offset[0]=2",
        "initial_cpb_removal_delay[1]=3", "initial_cpb_removal_delay_offset[1]=15",
        "initial_cpb_removal_delay[0]=5", "initial_cpb_removal_delay_offset[0]=6");
    assertThat(read(BUFFERING_PERIOD, "00100", sps(null))).containsExactly("seq_parameter_set_id=3");
    assertThat(read(BUFFERING_PERIOD, "00100 1", sps(null, null, true))).containsExactly("seq_parameter_set_id=3");
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> read(BUFFERING_PERIOD, "1", both))
        .withMessageContaining("there is no sequence parameter set 0");
  }

  @Test
  void pictureTimingHasTheDelaysOfTheFirstHrdParameters() {
    assertThat(read(PIC_TIMING, "00101 110", sps(hrd(1, 1, 5, 3, 0), hrd(1, 1, 9, 9, 0), false))).containsExactly(
        "cpb_removal_delay=5", "dpb_output_delay=6");
    assertThat(read(PIC_TIMING, "000001001 000000010", sps(null, hrd(1, 1, 9, 9, 0), false))).containsExactly(
        "cpb_removal_delay=9", "dpb_output_delay=2");
    assertThat(ofBytes(PIC_TIMING, "12 34")).containsExactly("payload_byte=1234");
    assertThat(read(PIC_TIMING, SyntaxFixtures.reader(new byte[] {7}), sps(null))).containsExactly("payload_byte=07");
  }

  /** Table D-1. */
  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "2, 1", "3, 2", "4, 2", "5, 3", "6, 3", "7, 2", "8, 3", "9, 0", "15, 0"})
  void pictureStructuresHaveTheirNumbersOfClocks(int picStruct, int clocks) {
    List<String> expected = new ArrayList<>(List.of("pic_struct=" + picStruct));
    for (int i = 0; i < clocks; i++) {
      expected.add("clock_timestamp_flag[" + i + "]=0");
    }
    String bits = String.format("%4s", Integer.toBinaryString(picStruct)).replace(' ', '0') + " 000";
    assertThat(read(PIC_TIMING, bits, sps(null, null, true))).isEqualTo(expected);
  }

  private static final String CLOCK = "clock_timestamp_flag[0]=1";
  private static final List<String> TO_FRAMES = List.of(
      "ct_type[0]=2", "nuit_field_based_flag[0]=1", "counting_type[0]=4", "full_timestamp_flag[0]=0", "discontinuity_flag[0]=0",
      "cnt_dropped_flag[0]=1", "n_frames[0]=24");

  private static List<String> clock(String behindFrames, HrdParameters hrd) {
    String delays = hrd == null ? "" : "0 0 ";
    List<String> all =
        read(PIC_TIMING, delays + "0000 1 10 1 00100 0 0 1 00011000 " + behindFrames, sps(hrd, null, true));
    int begin = all.indexOf(CLOCK) + 1;
    assertThat(all.subList(begin, begin + TO_FRAMES.size())).isEqualTo(TO_FRAMES);
    return all.subList(begin + TO_FRAMES.size(), all.size());
  }

  @Test
  void aClockTellsOfNoMoreThanItsFlagsSay() {
    HrdParameters hrd = hrd(1, 1, 1, 1, 0);
    assertThat(clock("0", hrd)).containsExactly("seconds_flag[0]=0");
    assertThat(clock("1 000111 0", hrd)).containsExactly("seconds_flag[0]=1", "seconds_value[0]=7", "minutes_flag[0]=0");
    assertThat(clock("1 000111 1 001000 0", hrd)).containsExactly(
        "seconds_flag[0]=1", "seconds_value[0]=7", "minutes_flag[0]=1", "minutes_value[0]=8", "hours_flag[0]=0");
    assertThat(clock("1 000111 1 001000 1 01001", hrd)).containsExactly(
        "seconds_flag[0]=1", "seconds_value[0]=7", "minutes_flag[0]=1", "minutes_value[0]=8", "hours_flag[0]=1",
        "hours_value[0]=9");
  }

  @Test
  void aFullTimestampHasNoFlags() {
    assertThat(read(PIC_TIMING, "0000 1 00 0 00000 1 0 0 00000001 000111 001000 01001" + "1".repeat(24), sps(null, null, true)))
        .endsWith(
            "full_timestamp_flag[0]=1", "discontinuity_flag[0]=0", "cnt_dropped_flag[0]=0", "n_frames[0]=1", "seconds_value[0]=7",
            "minutes_value[0]=8", "hours_value[0]=9", "time_offset[0]=-1");
  }

  @Test
  void timeOffsetsAreSignedAndOfTheHrdParametersLength() {
    assertThat(clock("0 10101", hrd(1, 1, 1, 1, 5))).containsExactly("seconds_flag[0]=0", "time_offset[0]=-11");
    assertThat(clock("0 01010", hrd(1, 1, 1, 1, 5))).containsExactly("seconds_flag[0]=0", "time_offset[0]=10");
    // 24 bits where there are none (E.2.2).
    assertThat(clock("0 0" + "1".repeat(23), null)).containsExactly("seconds_flag[0]=0", "time_offset[0]=8388607");
  }

  @Test
  void everyClockHasItsIndex() {
    assertThat(read(PIC_TIMING, "0011 0 1 00 0 00000 0 0 0 00000000 0 000000000000000000000001", sps(null, null, true)))
        .startsWith("pic_struct=3", "clock_timestamp_flag[0]=0", "clock_timestamp_flag[1]=1", "ct_type[1]=0")
        .endsWith("n_frames[1]=0", "seconds_flag[1]=0", "time_offset[1]=1");
  }
}
