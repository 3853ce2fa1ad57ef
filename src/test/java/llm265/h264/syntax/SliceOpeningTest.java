package llm265.h264.syntax;

import static llm265.h264.syntax.SyntaxFixtures.bits;
import static llm265.h264.syntax.SyntaxFixtures.nalUnit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.NalUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SliceOpeningTest {
  private static final PicParameterSet PPS = PicParameterSet.forIntra(true, 0, 0, null);

  /** 4 x 4 macroblocks. */
  private static SeqParameterSet sps(boolean frameMbsOnly, boolean mbaff) {
    return new SeqParameterSet(
        100, 0, 10, 0, false, false, null, 4, PicOrderCnt.TYPE_2, 1, false, frameMbsOnly, mbaff, true,
        PictureFormat.of8Bit(64, 64, ChromaFormat.YUV420), null);
  }

  private static SliceOpening parse(String bits, SeqParameterSet sps) {
    return SliceOpening.parse(nalUnit(2, NalUnit.SLICE_NON_IDR), bits(bits), id -> PPS, id -> sps);
  }

  @Test
  void openingOfAnySliceTypeIsRead() {
    SliceOpening opening = parse("00101 00110 1 0111", sps(true, false));
    assertThat(opening.firstMbInSlice()).isEqualTo(4);
    assertThat(opening.sliceType()).isEqualTo(5);
    assertThat(opening.isIntra()).isFalse();
    assertThat(opening.frameNum()).isEqualTo(7);
    assertThat(opening.nalRefIdc()).isEqualTo(2);
    assertThat(SliceOpening.typeName(5)).isEqualTo("P");
    assertThat(parse("1 0001000 1 0111", sps(true, false)).isIntra()).isTrue();
    assertThat(parse("1 011 1 0111", sps(true, false)).isIntra()).isTrue();
  }

  /** first_mb_in_slice * (1 + MbaffFrameFlag) is in 0..PicSizeInMbs - 1, of the field where the picture is one. */
  @ParameterizedTest
  @CsvSource({
    "true, false, '', 16",
    "false, false, 0, 16",
    "false, false, 10, 8",
    "false, true, 0, 8",
    "false, true, 11, 8",
  })
  void firstMacroblockIsInTheFrameOrFieldOrAPairOfIt(boolean frameMbsOnly, boolean mbaff, String field, int units) {
    String rest = " 0001000 1 0000 " + field;
    String last = units == 16 ? "000010000" : "0001000";
    String beyond = units == 16 ? "000010001" : "0001001";
    assertThat(parse(last + rest, sps(frameMbsOnly, mbaff)).firstMbInSlice()).isEqualTo(units - 1);
    assertThatThrownBy(() -> parse(beyond + rest, sps(frameMbsOnly, mbaff)))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("first_mb_in_slice");
  }

  @Test
  void missingParameterSetsAreMalformed() {
    NalUnit slice = nalUnit(2, NalUnit.SLICE_NON_IDR);
    assertThatThrownBy(() -> SliceOpening.parse(slice, bits("1 0001000 1 0000"), id -> null, id -> null))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("pic_parameter_set_id");
    assertThatThrownBy(() -> SliceOpening.parse(slice, bits("1 0001000 1 0000"), id -> PPS, id -> null))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("seq_parameter_set_id");
  }

  private static SliceOpening opening(int[] v) {
    return new SliceOpening(
        v[0], v[1] != 0, v[2], 7, v[3], 0, v[4], v[5] != 0, v[6] != 0, v[7], v[8], v[9], v[10], v[11], 0);
  }

  static Stream<Arguments> differences() {
    return Stream.of(
        Arguments.of("nal_ref_idc becomes 0", change(0, 0), true),
        Arguments.of("nal_ref_idc stays above 0", change(0, 1), false),
        Arguments.of("IdrPicFlag", change(1, 0), true),
        Arguments.of("first_mb_in_slice repeated", change(2, 0), false),
        Arguments.of("pic_parameter_set_id", change(3, 1), false),
        Arguments.of("frame_num", change(4, 1), true),
        Arguments.of("field_pic_flag", change(5, 0), true),
        Arguments.of("bottom_field_flag", change(6, 1), true),
        Arguments.of("idr_pic_id", change(7, 1), true),
        Arguments.of("pic_order_cnt_lsb", change(8, 1), true),
        Arguments.of("delta_pic_order_cnt_bottom", change(9, -1), true),
        Arguments.of("delta_pic_order_cnt[0]", change(10, 1), true),
        Arguments.of("delta_pic_order_cnt[1]", change(11, 1), true),
        Arguments.of("nothing", UnaryOperator.<int[]>identity(), false));
  }

  private static UnaryOperator<int[]> change(int index, int value) {
    return values -> {
      values[index] = value;
      return values;
    };
  }

  /** 7.4.1.2.4, as far as two slices tell. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("differences")
  void picturesBeginWhereTheStandardSaysSo(String name, UnaryOperator<int[]> change, boolean starts) {
    int[] first = {3, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    int[] second = first.clone();
    second[2] = 5;
    assertThat(opening(change.apply(second)).isOfOtherPictureThan(opening(first))).as(name).isEqualTo(starts);
  }
}
