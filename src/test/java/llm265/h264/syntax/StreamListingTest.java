package llm265.h264.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.bitstream.Sei;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class StreamListingTest {
  private static final SeqParameterSet SPS =
      SeqParameterSet.forIntra(PictureFormat.of8Bit(64, 48, ChromaFormat.YUV420), null);
  private static final PicParameterSet PPS = PicParameterSet.forIntra(true, 0, 0, null);
  private static final byte[] UUID = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();

  private List<StreamListing.Unit> units() {
    return units(stream.toByteArray(), DecoderLimits.DEFAULT);
  }

  private static List<StreamListing.Unit> units(byte[] bytes, DecoderLimits limits) {
    List<StreamListing.Unit> units = new ArrayList<>();
    StreamListing.list(MemorySegment.ofArray(bytes), limits, units::add);
    return units;
  }

  private void add(int nalUnitType, byte[] rbsp) {
    RbspWriter writer = new RbspWriter();
    writer.writeBytes(rbsp, 0, rbsp.length);
    stream.writeBytes(writer.toNalUnit(3, nalUnitType, true));
  }

  private void add(SeqParameterSet sps) {
    add(NalUnit.SPS, SyntaxFixtures.bytes(sps));
  }

  private void addPps() {
    add(NalUnit.PPS, SyntaxFixtures.bytes(PPS, SPS));
  }

  private void addSlice(int nalUnitType, String bits) {
    RbspWriter writer = new RbspWriter();
    for (char bit : bits.replace(" ", "").toCharArray()) {
      writer.writeBits(1, bit - '0');
    }
    writer.writeTrailingBits();
    add(nalUnitType, writer.toByteArray());
  }

  private static List<String> nameAndValue(StreamListing.Unit unit) {
    return unit.elements().stream()
        .map(element -> element.name() + " " + (element.bytes() == null ? element.value() : element.bytes()))
        .toList();
  }

  @Test
  void headersOfAnIntraStreamAreListedInBitstreamOrder() {
    addSlice(NalUnit.ACCESS_UNIT_DELIMITER, "000");
    add(SPS);
    addPps();
    RbspWriter slice = new RbspWriter();
    SliceHeader.forIntra(0, 1, 30, EncoderConfig.Deblocking.OFF).write(slice, SPS, PPS);
    slice.alignWithOnes();
    slice.writeBytes(new byte[10_000], 0, 10_000);
    add(NalUnit.SLICE_IDR, slice.toByteArray());

    List<StreamListing.Unit> units = units();
    assertThat(units).extracting(unit -> unit.nalUnit().nalUnitType()).containsExactly(9, 7, 8, 5);
    assertThat(units).extracting(StreamListing.Unit::fault).containsOnlyNulls();
    assertThat(nameAndValue(units.get(0))).containsExactly("primary_pic_type 0");
    assertThat(nameAndValue(units.get(1)))
        .startsWith("profile_idc 100", "constraint_set0_flag 0")
        .containsSubsequence(
            "level_idc 10", "chroma_format_idc 1", "pic_order_cnt_type 2", "max_num_ref_frames 1",
            "pic_width_in_mbs_minus1 3", "pic_height_in_map_units_minus1 2", "video_full_range_flag 1")
        .endsWith("max_num_reorder_frames 0", "max_dec_frame_buffering 1");
    assertThat(nameAndValue(units.get(3)))
        .containsExactly(
            "first_mb_in_slice 0", "slice_type 7", "pic_parameter_set_id 0", "frame_num 0", "idr_pic_id 1",
            "no_output_of_prior_pics_flag 0", "long_term_reference_flag 0", "slice_qp_delta 4",
            "disable_deblocking_filter_idc 1");
  }

  /** Each element begins where the one before it ends. */
  @Test
  void positionsAndLengthsLeaveNoGap() {
    add(SPS);
    addPps();
    for (StreamListing.Unit unit : units()) {
      long position = 0;
      for (StreamListing.Element element : unit.elements()) {
        assertThat(element.bitPosition()).as(element.name()).isEqualTo(position);
        position += element.bits();
      }
      assertThat(position).isBetween(8L * unit.nalUnit().length() - 16, 8L * unit.nalUnit().length() - 9);
    }
  }

  @Test
  void elementsSayWhichStructureTheyAreIn() {
    VuiParameters vui =
        new VuiParameters(
            null, null, null, null, null,
            new HrdParameters(0, 0, List.of(new HrdParameters.Schedule(1, 2, false)), 24, 24, 24, 24),
            null, false, true, null);
    add(withVui(vui));
    List<StreamListing.Element> elements = units().getFirst().elements();
    assertThat(elements)
        .filteredOn(element -> element.name().equals("bit_rate_value_minus1[0]"))
        .extracting(StreamListing.Element::structure)
        .containsExactly("vui_parameters hrd_parameters");
    assertThat(elements)
        .filteredOn(element -> element.name().equals("pic_struct_present_flag"))
        .extracting(StreamListing.Element::structure)
        .containsExactly("vui_parameters");
    assertThat(elements.getFirst().structure()).isEmpty();
  }

  private static SeqParameterSet withVui(VuiParameters vui) {
    return new SeqParameterSet(
        100, 0, 10, 0, false, false, null, 4, PicOrderCnt.TYPE_2, 1, false, true, false, true, SPS.format(), vui);
  }

  @Test
  void userDataIsListedWithItsUuidAndCutShort() {
    stream.writeBytes(Sei.userDataUnregistered(UUID, new byte[] {9, 8}));
    stream.writeBytes(Sei.userDataUnregistered(UUID, new byte[300]));
    List<StreamListing.Unit> units = units();
    assertThat(nameAndValue(units.getFirst()))
        .containsExactly(
            "last_payload_type_byte 5", "last_payload_size_byte 18",
            "uuid_iso_iec_11578 000102030405060708090a0b0c0d0e0f", "user_data_payload_byte 0908");
    StreamListing.Element uuid = units.getFirst().elements().get(2);
    assertThat(uuid.structure()).isEqualTo("sei_message user_data_unregistered");
    assertThat(uuid.bitPosition()).isEqualTo(16);
    assertThat(uuid.bits()).isEqualTo(128);
    StreamListing.Element zeros = units.get(1).elements().getLast();
    assertThat(zeros.value()).isEqualTo(300);
    assertThat(zeros.bytes()).isEqualTo("00".repeat(64) + "...");
  }

  @Test
  void messagesAreListedByTheirPayloadSyntax() {
    HrdParameters hrd = new HrdParameters(0, 0, List.of(new HrdParameters.Schedule(1, 2, false)), 4, 3, 2, 5);
    add(withVui(new VuiParameters(null, null, null, null, null, hrd, null, false, true, null)));
    stream.writeBytes(
        Sei.toNalUnit(
            List.of(
                new Sei.Message(0, bytes("1 1010 0101")), // set 0, delay 10, offset 5
                // delays 5 and 2, one field, one full timestamp 12:34:56, time_offset -3
                new Sei.Message(1, bytes("101 10 0001 1 01 1 00100 1 0 0 00000111 111000 100010 01100 11101")),
                new Sei.Message(6, bytes("00100 1 0 00")),
                new Sei.Message(200, new byte[] {1}))));
    StreamListing.Unit unit = units().get(1);
    assertThat(unit.fault()).isNull();
    assertThat(nameAndValue(unit))
        .containsSubsequence(
            "seq_parameter_set_id 0", "initial_cpb_removal_delay[0] 10", "initial_cpb_removal_delay_offset[0] 5",
            "cpb_removal_delay 5", "dpb_output_delay 2", "pic_struct 1", "clock_timestamp_flag[0] 1", "ct_type[0] 1",
            "counting_type[0] 4", "n_frames[0] 7", "seconds_value[0] 56", "minutes_value[0] 34", "hours_value[0] 12",
            "time_offset[0] -3", "recovery_frame_cnt 3", "exact_match_flag 1", "payload_byte 01");
    assertThat(unit.elements())
        .extracting(StreamListing.Element::structure)
        .contains(
            "sei_message buffering_period", "sei_message pic_timing", "sei_message recovery_point",
            "sei_message reserved_sei_message");
  }

  private static byte[] bytes(String bits) {
    RbspWriter writer = new RbspWriter();
    for (char bit : bits.replace(" ", "").toCharArray()) {
      writer.writeBits(1, bit - '0');
    }
    writer.writeTrailingBits();
    return writer.toByteArray();
  }

  @Test
  void slicesOfOtherTypesAreListedUpToWhatAllHaveAlike() {
    add(SPS);
    addPps();
    addSlice(NalUnit.SLICE_NON_IDR, "1 00110 1 0101 1111");
    StreamListing.Unit unit = units().getLast();
    assertThat(nameAndValue(unit))
        .containsExactly("first_mb_in_slice 0", "slice_type 5", "pic_parameter_set_id 0", "frame_num 5");
    assertThat(unit.fault()).contains("P slice");
  }

  @Test
  void faultEndsTheListOfItsNalUnitOnly() {
    addPps();
    addSlice(NalUnit.SPS, "01100100 00000000 00001010 1 0001000");
    add(SPS);
    addSlice(NalUnit.SLICE_IDR, "1 0001000 1 0000 1 00 1 010");
    List<StreamListing.Unit> units = units();
    assertThat(units.get(0).fault()).contains("there is no sequence parameter set 0");
    assertThat(units.get(1).fault()).contains("chroma_format_idc");
    assertThat(nameAndValue(units.get(1))).endsWith("seq_parameter_set_id 0", "chroma_format_idc 7");
    assertThat(units.get(2).fault()).isNull();
    assertThat(units.get(3).fault()).as("the picture parameter set came first, and is read now").isNull();
    assertThat(nameAndValue(units.get(3))).endsWith("disable_deblocking_filter_idc 1");
  }

  @Test
  void whatIsLeftOutIsTold() {
    byte[] whole = SyntaxFixtures.bytes(SPS);
    byte[] cut = Arrays.copyOf(whole, whole.length - 2);
    add(NalUnit.SPS, cut);
    assertThat(units().getFirst().fault()).contains("left out").contains("pic_struct_present_flag");
    assertThat(nameAndValue(units().getFirst())).endsWith("vcl_hrd_parameters_present_flag 0");
  }

  @Test
  void nalUnitsOverTheLimitAreNamedAndPassedOver() {
    add(SPS);
    stream.writeBytes(Sei.userDataUnregistered(UUID, new byte[] {1, 2, 3, 4, 5, 6, 7}));
    addPps();
    List<StreamListing.Unit> units = units(stream.toByteArray(), new DecoderLimits(100, 100, 20));
    assertThat(units).extracting(unit -> unit.nalUnit().nalUnitType()).containsExactly(7, 6, 8);
    assertThat(units.get(1).fault()).contains("limit");
    assertThat(units.get(1).elements()).isEmpty();
    assertThat(units.get(2).fault()).isNull();
  }

  @Property(tries = 500)
  void anyBytesAreListedToTheEnd(@ForAll long seed) {
    Random random = new Random(seed);
    SyntaxGenerator generator = new SyntaxGenerator(seed);
    SeqParameterSet sps = generator.sps();
    PicParameterSet pps = generator.pps(sps);
    add(sps);
    add(NalUnit.PPS, SyntaxFixtures.bytes(pps, sps));
    byte[] noise = new byte[40];
    random.nextBytes(noise);
    stream.writeBytes(Sei.toNalUnit(List.of(new Sei.Message(random.nextInt(8), noise))));
    RbspWriter slice = new RbspWriter();
    generator.sliceHeader(sps, pps).write(slice, sps, pps);
    slice.writeTrailingBits();
    add(random.nextBoolean() ? NalUnit.SLICE_IDR : NalUnit.SLICE_NON_IDR, slice.toByteArray());
    byte[] bytes = stream.toByteArray();
    stream.reset();
    for (int i = random.nextInt(6); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    List<StreamListing.Unit> units = units(bytes, DecoderLimits.DEFAULT);
    for (int i = 0; i < units.size(); i++) {
      assertThat(units.get(i).nalUnit().index()).isEqualTo(i);
    }
  }
}
