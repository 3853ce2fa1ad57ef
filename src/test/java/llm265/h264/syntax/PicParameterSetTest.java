package llm265.h264.syntax;

import static llm265.h264.syntax.SyntaxFixtures.bits;
import static llm265.h264.syntax.SyntaxFixtures.bytes;
import static llm265.h264.syntax.SyntaxFixtures.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.RbspReader;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PicParameterSetTest {
  /** 4 x 3 macroblocks. */
  private static final SeqParameterSet SPS =
      SeqParameterSet.forIntra(PictureFormat.of8Bit(64, 48, ChromaFormat.YUV420), null);

  private static PicParameterSet parse(String bits) {
    return PicParameterSet.parse(bits(bits), id -> id == 0 ? SPS : null);
  }

  @Property(tries = 1000)
  void everyPictureParameterSetIsReadAsWritten(@ForAll long seed) {
    SyntaxGenerator generator = new SyntaxGenerator(seed);
    SeqParameterSet sps = generator.sps();
    PicParameterSet pps = generator.pps(sps);
    RbspReader reader = reader(bytes(pps, sps));
    assertThat(PicParameterSet.parse(reader, id -> id == sps.id() ? sps : null)).isEqualTo(pps);
    assertThat(reader.moreRbspData()).isFalse();
  }

  @Test
  void streamsOfIntraPicturesGetThreeBytes() {
    assertThat(HexFormat.of().formatHex(bytes(PicParameterSet.forIntra(true, 0, 0, null), SPS))).isEqualTo("ee3cb0");
    assertThat(HexFormat.of().formatHex(bytes(PicParameterSet.forIntra(false, 0, 0, null), SPS))).isEqualTo("ee3c80");
  }

  @Test
  void withoutMoreDataThereIsNo8x8TransformAndBothChromaOffsetsAreOne() {
    // CAVLC, one group, qp 26, chroma_qp_index_offset -2
    PicParameterSet pps = parse("1 1 0 0 1 1 1 0 00 1 1 00101 0 0 0");
    assertThat(pps.transform8x8ModeFlag()).isFalse();
    assertThat(pps.chromaQpIndexOffset()).isEqualTo(-2);
    assertThat(pps.secondChromaQpIndexOffset()).isEqualTo(-2);
    assertThat(pps.numSliceGroups()).isEqualTo(1);
    PicParameterSet high = parse("1 1 0 0 1 1 1 0 00 1 1 00101 0 0 0 1 0 00110");
    assertThat(high.transform8x8ModeFlag()).isTrue();
    assertThat(high.secondChromaQpIndexOffset()).isEqualTo(3);
  }

  @Test
  void whatFollowsInAStreamThatPromisesMainIsPadding() {
    SeqParameterSet main = new SyntaxGenerator(0).sps();
    SeqParameterSet constrained =
        new SeqParameterSet(
            77, 0x40, 30, 0, false, false, null, 4, PicOrderCnt.TYPE_2, 1, false, true, false, true, SPS.format(), null);
    assertThat(main).isNotEqualTo(constrained);
    String bits = "1 1 0 0 1 1 1 0 00 1 1 1 0 0 0 1 0 1";
    assertThat(PicParameterSet.parse(bits(bits), id -> constrained).transform8x8ModeFlag()).isFalse();
    assertThat(PicParameterSet.parse(bits(bits), id -> SPS).transform8x8ModeFlag()).isTrue();
  }

  @Test
  void missingSequenceParameterSetIsMalformed() {
    assertThatThrownBy(() -> parse("1 010 0 0 1 1 1 0 00 1 1 1 0 0 0"))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("there is no sequence parameter set 1");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "00000000100000001, pic_parameter_set_id",
    "1 00000100001, seq_parameter_set_id",
    "1 1 0 0 0001001, num_slice_groups_minus1",
    "1 1 0 0 1 00000100001, num_ref_idx_l0_default_active_minus1",
    "1 1 0 0 1 1 00000100001, num_ref_idx_l1_default_active_minus1",
    "1 1 0 0 1 1 1 0 11, weighted_bipred_idc",
    "1 1 0 0 1 1 1 0 00 00000110100, pic_init_qp_minus26", // 26
    "1 1 0 0 1 1 1 0 00 00000110111, pic_init_qp_minus26", // -27
    "1 1 0 0 1 1 1 0 00 1 00000110100, pic_init_qs_minus26",
    "1 1 0 0 1 1 1 0 00 1 1 000011010, chroma_qp_index_offset", // 13
    "1 1 0 0 1 1 1 0 00 1 1 000011011, chroma_qp_index_offset", // -13
    "1 1 0 0 1 1 1 0 00 1 1 1 0 0 0 0 0 000011010, second_chroma_qp_index_offset",
    "1 1 0 0 010 0001000, slice_group_map_type",
    "1 1 0 0 010 1 0001101, run_length_minus1", // 12 of 12 map units
    "1 1 0 0 010 011 0001101, top_left",
    "1 1 0 0 010 011 00111 010, top_left", // 6 is not above 1
    "1 1 0 0 010 011 00100 00101, top_left", // 3 is right of 4, a row below
    "1 1 0 0 011 00100, slice_group_map_type", // box-out with three groups
    "1 1 0 0 010 00100 0 0001101, slice_group_change_rate_minus1",
    "1 1 0 0 010 00111 0001011, pic_size_in_map_units_minus1", // 10, not 11
    "1 1 0 0 011 00111 0001100 11, slice_group_id", // 3 of three groups
  })
  void valuesOutOfRangeAreMalformed(String bits, String element) {
    assertThatThrownBy(() -> parse(bits + "1111 1111 1111 1111 1111 1111 1111"))
        .isInstanceOfSatisfying(
            MalformedStreamException.class, e -> assertThat(e.syntaxElement()).startsWith(element));
  }

  /** pic_init_qp_minus26 reaches down to -( 26 + QpBdOffsetY ). */
  @Test
  void lowestQpDependsOnTheBitDepth() {
    SeqParameterSet tenBits =
        SeqParameterSet.forIntra(new PictureFormat(4, 3, ChromaFormat.YUV420, 10, 8, 0, 0, 0, 0), null);
    String bits = "1 1 0 0 1 1 1 0 00 0000001001101 1 1 0 0 0"; // -38
    assertThat(PicParameterSet.parse(bits(bits), id -> tenBits).picInitQp()).isEqualTo(-12);
    assertThatThrownBy(() -> parse(bits)).isInstanceOf(MalformedStreamException.class);
  }

  @Test
  void sliceGroupsOfEachMapTypeAreRead() {
    String head = "1 1 0 0 010 ";
    String tail = " 1 1 0 00 1 1 1 0 0 0";
    assertThat(parse(head + "1 00100 00101" + tail).sliceGroups().runLength()).containsExactly(4, 5);
    assertThat(parse(head + "010" + tail).sliceGroups().mapType()).isEqualTo(1);
    SliceGroups foreground = parse(head + "011 010 00110" + tail).sliceGroups();
    assertThat(foreground.topLeft()).containsExactly(1);
    assertThat(foreground.bottomRight()).containsExactly(5);
    SliceGroups wipe = parse(head + "00110 1 00101" + tail).sliceGroups();
    assertThat(wipe.changeDirectionFlag()).isTrue();
    assertThat(wipe.changeRate()).isEqualTo(5);
    // 12 / 5 + 1 = 3.4: two bits
    assertThat(wipe.bitsOfChangeCycle(12)).isEqualTo(2);
    assertThat(wipe.maxChangeCycle(12)).isEqualTo(3);
    assertThat(parse(head + "00111 0001100 0 1 0 1 0 1 0 1 0 1 0 1" + tail).sliceGroups().sliceGroupId())
        .isEqualTo(List.of(0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1));
  }

  @Test
  void listsBeyondThoseOfTheSyntaxAreNotWritten() {
    int[][] lists = new int[8][];
    lists[0] = new int[0];
    lists[6] = new int[0];
    PicParameterSet pps = PicParameterSet.forIntra(false, 0, 0, lists);
    PicParameterSet read = PicParameterSet.parse(reader(bytes(pps, SPS)), id -> SPS);
    assertThat(read.scalingMatrix()).isEqualTo(ScalingMatrix.of(Arrays.copyOf(lists, 6)));
  }

  @Property(tries = 2000)
  void nothingButAStreamExceptionLeavesTheParser(@ForAll long seed) {
    Random random = new Random(seed);
    SyntaxGenerator generator = new SyntaxGenerator(seed);
    SeqParameterSet sps = generator.sps();
    byte[] bytes = bytes(generator.pps(sps), sps);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    try {
      PicParameterSet parsed =
          PicParameterSet.parse(
              reader(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1))), id -> id == sps.id() ? sps : null);
      assertThat(parsed.spsId()).isEqualTo(sps.id());
    } catch (MalformedStreamException e) {
      assertThat(e.syntaxElement()).isNotEmpty();
    }
  }
}
