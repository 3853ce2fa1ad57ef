package llm265.h264.syntax;

import static llm265.h264.syntax.SyntaxFixtures.bits;
import static llm265.h264.syntax.SyntaxFixtures.nalUnit;
import static llm265.h264.syntax.SyntaxFixtures.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SliceHeaderTest {
  /** 4 x 3 macroblocks, frame_num of 4 bits, pic_order_cnt_type 2. */
  private static final SeqParameterSet SPS =
      SeqParameterSet.forIntra(PictureFormat.of8Bit(64, 48, ChromaFormat.YUV420), null);

  private static final PicParameterSet PPS = PicParameterSet.forIntra(true, 0, 0, null);

  private static SliceHeader parse(NalUnit nalUnit, RbspReader reader, SeqParameterSet sps, PicParameterSet pps) {
    return SliceHeader.parse(
        nalUnit, reader, id -> id == pps.id() ? pps : null, id -> id == sps.id() ? sps : null);
  }

  private static SliceHeader parseIdr(String bits) {
    return parse(nalUnit(3, NalUnit.SLICE_IDR), bits(bits), SPS, PPS);
  }

  private static SliceHeader withOffset(SliceHeader header, int sliceDataBitOffset) {
    return new SliceHeader(
        header.opening(), header.decRefPicMarking(), header.sliceQpY(), header.disableDeblockingFilterIdc(),
        header.filterOffsetA(), header.filterOffsetB(), header.sliceGroupChangeCycle(), sliceDataBitOffset);
  }

  @Property(tries = 1000)
  void everySliceHeaderIsReadAsWritten(@ForAll long seed) {
    SyntaxGenerator generator = new SyntaxGenerator(seed);
    SeqParameterSet sps = generator.sps();
    PicParameterSet pps = generator.pps(sps);
    SliceHeader header = generator.sliceHeader(sps, pps);
    RbspWriter writer = new RbspWriter();
    header.write(writer, sps, pps);
    int end = (int) writer.bitPosition();
    writer.writeTrailingBits();
    NalUnit nalUnit = nalUnit(header.nalRefIdc(), header.idrPicFlag() ? NalUnit.SLICE_IDR : NalUnit.SLICE_NON_IDR);
    assertThat(parse(nalUnit, reader(writer), sps, pps)).isEqualTo(withOffset(header, end));
  }

  @Test
  void sliceOfAnIntraStreamTakes20Bits() {
    SliceHeader header = SliceHeader.forIntra(0, 0, 26, new EncoderConfig.Deblocking(1, 0, 0));
    RbspWriter writer = new RbspWriter();
    header.write(writer, SPS, PPS);
    assertThat(writer.bitPosition()).isEqualTo(20);
    writer.alignWithOnes();
    // 1 0001000 | 1 0000 1 0 0 | 1 010 and ones
    assertThat(HexFormat.of().formatHex(writer.toByteArray())).isEqualTo("8884af");
    assertThat(parse(nalUnit(3, NalUnit.SLICE_IDR), reader(writer), SPS, PPS)).isEqualTo(withOffset(header, 20));
  }

  @Test
  void qpAndFilterOffsetsAreThoseOfTheFormulas() {
    SliceHeader header = parseIdr("1 011 1 0000 1 00 00101 1 00101 00110");
    assertThat(header.sliceQpY()).isEqualTo(24); // 26 - 2 (7-30)
    assertThat(header.filterOffsetA()).isEqualTo(-4);
    assertThat(header.filterOffsetB()).isEqualTo(6);
    assertThat(header.sliceDataBitOffset()).isEqualTo(28);
    assertThat(header.disableDeblockingFilterIdc()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 6, 8, 9})
  void slicesThatAreNotIntraAreUnsupported(int sliceType) {
    RbspWriter writer = new RbspWriter();
    writer.writeUe(0);
    writer.writeUe(sliceType);
    writer.writeTrailingBits();
    assertThatThrownBy(() -> parse(nalUnit(1, NalUnit.SLICE_NON_IDR), reader(writer), SPS, PPS))
        .isInstanceOfSatisfying(
            UnsupportedStreamException.class,
            e -> {
              assertThat(e.syntaxElement()).isEqualTo("slice_type");
              assertThat(e.problem())
                  .startsWith(List.of("P", "B", "I", "SP", "SI").get(sliceType % 5) + " slice")
                  .contains("NAL unit of type 1");
            });
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "0001101 0001000 1 0000, first_mb_in_slice", // 12 of 12
    "1 0001011, slice_type",
    "1 0001000 00000000100000001, pic_parameter_set_id",
    "1 0001000 010, pic_parameter_set_id", // not there
    "1 0001000 1 0000 000000000000000010000000000000001, idr_pic_id",
    "1 0001000 1 0000 1 00 00000110100, slice_qp_delta", // 52
    "1 0001000 1 0000 1 00 00000110111, slice_qp_delta", // -1
    "1 0001000 1 0000 1 00 1 00100, disable_deblocking_filter_idc",
    "1 0001000 1 0000 1 00 1 1 0001110, slice_alpha_c0_offset_div2", // 7
    "1 0001000 1 0000 1 00 1 1 1 0001111, slice_beta_offset_div2",
  })
  void valuesOutOfRangeAreMalformed(String bits, String element) {
    assertThatThrownBy(() -> parseIdr(bits + "1111 1111 1111 1111"))
        .isInstanceOfSatisfying(
            MalformedStreamException.class, e -> assertThat(e.syntaxElement()).isEqualTo(element));
  }

  @Test
  void lastMacroblockMayBeginASlice() {
    assertThat(parseIdr("0001100 0001000 1 0000 1 00 1 1 1 1").firstMbInSlice()).isEqualTo(11);
  }

  @Test
  void referenceMarkingOfOtherPicturesIsReadUpToItsEnd() {
    NalUnit reference = nalUnit(1, NalUnit.SLICE_NON_IDR);
    // difference 2, then long term indices, then the end; slice_qp_delta 1
    SliceHeader header =
        parse(reference, bits("1 0001000 1 0011 1 010 011 00100 011 010 00110 1 010 1 010 010"), SPS, PPS);
    assertThat(header.decRefPicMarking().operations())
        .containsExactly(
            new DecRefPicMarking.Operation(1, 2, 0),
            new DecRefPicMarking.Operation(3, 2, 1),
            new DecRefPicMarking.Operation(5, 0, 0));
  }

  @Test
  void endlessReferenceMarkingIsMalformed() {
    NalUnit reference = nalUnit(1, NalUnit.SLICE_NON_IDR);
    String bits = "1 0001000 1 0011 1 " + "00110".repeat(500) + "1";
    assertThatThrownBy(() -> parse(reference, bits(bits), SPS, PPS))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("memory_management_control_operation");
  }

  @Test
  void pictureThatIsNoReferenceHasNoMarking() {
    SliceHeader header = parse(nalUnit(0, NalUnit.SLICE_NON_IDR), bits("1 0001000 1 0011 1 010"), SPS, PPS);
    assertThat(header.decRefPicMarking()).isNull();
    assertThat(header.disableDeblockingFilterIdc()).isEqualTo(1);
  }

  @Test
  void deblockingParametersNeedSyntax() {
    PicParameterSet without =
        new PicParameterSet(
            0, 0, true, false, null, 1, 1, false, 0, 26, 26, 0, false, false, false, false, null, 0);
    SliceHeader header = SliceHeader.forIntra(0, 0, 26, new EncoderConfig.Deblocking(1, 0, 0));
    assertThatThrownBy(() -> header.write(new RbspWriter(), SPS, without)).isInstanceOf(IllegalArgumentException.class);
    RbspWriter writer = new RbspWriter();
    SliceHeader.forIntra(0, 0, 26, EncoderConfig.Deblocking.ON).write(writer, SPS, without);
    assertThat(writer.bitPosition()).isEqualTo(17);
  }

  @Property(tries = 2000)
  void nothingButAStreamExceptionLeavesTheParser(@ForAll long seed) {
    Random random = new Random(seed);
    SyntaxGenerator generator = new SyntaxGenerator(seed);
    SeqParameterSet sps = generator.sps();
    PicParameterSet pps = generator.pps(sps);
    RbspWriter writer = new RbspWriter();
    generator.sliceHeader(sps, pps).write(writer, sps, pps);
    writer.writeTrailingBits();
    byte[] bytes = writer.toByteArray();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    NalUnit nalUnit = nalUnit(random.nextInt(4), random.nextBoolean() ? NalUnit.SLICE_IDR : NalUnit.SLICE_NON_IDR);
    byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    try {
      SliceHeader header = parse(nalUnit, reader(cut), sps, pps);
      assertThat(header.sliceDataBitOffset()).isLessThanOrEqualTo(8 * cut.length);
      assertThat(header.firstMbInSlice()).isLessThan(sps.format().sizeInMbs());
      assertThat(header.sliceQpY()).isBetween(-sps.qpBdOffsetY(), 51);
    } catch (MalformedStreamException | UnsupportedStreamException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
