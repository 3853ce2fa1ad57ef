package llm265.h264.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.PictureFormat;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceGroups;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.written.SliceGroupUnits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceGroupMapTest {
  private static SeqParameterSet sps(int width, int height) {
    return SeqParameterSet.forIntra(PictureFormat.of8Bit(16 * width, 16 * height, ChromaFormat.YUV420), null);
  }

  private static String map(SliceGroups groups, int cycle) {
    byte[] map = SliceGroupMap.mapUnitToSliceGroup(groups, sps(4, 3), cycle);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < map.length; i++) {
      text.append(i > 0 && i % 4 == 0 ? " " : "").append(map[i]);
    }
    return text.toString();
  }

  private static SliceGroups changing(int type, boolean direction, int rate) {
    return new SliceGroups(2, type, List.of(), List.of(), List.of(), direction, rate, List.of());
  }

  @Test
  void interleaved() {
    SliceGroups groups = new SliceGroups(3, 0, List.of(2, 1, 3), List.of(), List.of(), false, 0, List.of());
    assertThat(map(groups, 0)).isEqualTo("0012 2200 1222");
  }

  @Test
  void dispersed() {
    assertThat(map(new SliceGroups(2, 1, List.of(), List.of(), List.of(), false, 0, List.of()), 0))
        .isEqualTo("0101 1010 0101");
    assertThat(map(new SliceGroups(3, 1, List.of(), List.of(), List.of(), false, 0, List.of()), 0))
        .isEqualTo("0120 1201 0120");
  }

  @Test
  void foregroundRectanglesHideThoseAfterThem() {
    SliceGroups groups = new SliceGroups(3, 2, List.of(), List.of(1, 4), List.of(6, 10), false, 0, List.of());
    assertThat(map(groups, 0)).isEqualTo("2002 1002 1112");
  }

  @ParameterizedTest
  @CsvSource({
    "3, false, 5, 1000 1001 1111", "3, true, 5, 1101 1001 1001",
    "4, false, 5, 0000 0111 1111", "4, true, 5, 1111 1110 0000",
    "5, false, 4, 0011 0111 0111", "5, true, 4, 1110 1110 1100"
  })
  void changingGroups(int type, boolean direction, int units, String expected) {
    assertThat(map(changing(type, direction, 1), units)).isEqualTo(expected);
  }

  @Test
  void explicit() {
    List<Integer> ids = List.of(0, 1, 2, 3, 3, 2, 1, 0, 0, 0, 1, 1);
    assertThat(map(new SliceGroups(4, 6, List.of(), List.of(), List.of(), false, 0, ids), 0)).isEqualTo("0123 3210 0011");
  }

  /** Against 8.2.2.4 step by step, without what makes long thin pictures fast. */
  @Test
  void boxesOfEveryShape() {
    for (int width = 1; width < 9; width++) {
      for (int height = 1; height < 9; height++) {
        for (int units = 0; units <= width * height; units++) {
          for (int direction = 0; direction < 2; direction++) {
            SliceGroups groups = changing(3, direction == 1, 1);
            byte[] map = SliceGroupMap.mapUnitToSliceGroup(groups, sps(width, height), units);
            assertThat(IntStream.range(0, map.length).map(i -> map[i]))
                .as("%d units of %dx%d, direction %d", units, width, height, direction)
                .containsExactly(IntStream.of(SliceGroupUnits.mapUnits(groups, width, width * height, units)).boxed()
                    .toArray(Integer[]::new));
          }
        }
      }
    }
  }

  @Test
  void theNextMacroblockIsTheNextOfItsGroup() {
    SliceHeader header = SliceHeader.forIntra(0, 0, 26, EncoderConfig.TENSOR.deblocking());
    SliceGroups groups = new SliceGroups(3, 0, List.of(2, 1, 3), List.of(), List.of(), false, 0, List.of());
    assertThat(SliceGroupMap.nextMbAddresses(groups, sps(4, 3), header))
        .containsExactly(1, 6, 8, 4, 5, 9, 7, 12, 12, 10, 11, 12);
  }

  private static int[] nextMbAddresses(boolean mbaff, boolean field) {
    // Four map units in two rows: a checkerboard.
    SeqParameterSet progressive = sps(2, 4);
    SeqParameterSet sps =
        new SeqParameterSet(88, 0, 40, 0, false, false, null, 4, progressive.picOrderCnt(), 1, false, false, mbaff,
        true, progressive.format(), null);
    SliceOpening opening = new SliceOpening(3, true, 0, 7, 0, 0, 0, field, false, 0, 0, 0, 0, 0, 0);
    SliceHeader header = new SliceHeader(opening, DecRefPicMarking.NONE, 26, 1, 0, 0, 0, 0);
    SliceGroups groups = new SliceGroups(2, 1, List.of(), List.of(), List.of(), false, 0, List.of());
    return SliceGroupMap.nextMbAddresses(groups, sps, header);
  }

  /**
   * 8.2.2.8: a map unit is a macroblock of a field, a pair of an MBAFF frame, two macroblocks above each other of another frame.
   */
  @Test
  void mapUnitsOfInterlacedSequences() {
    assertThat(nextMbAddresses(false, true)).containsExactly(3, 2, 4, 4);
    assertThat(nextMbAddresses(true, true)).containsExactly(3, 2, 4, 4);
    assertThat(nextMbAddresses(true, false)).containsExactly(3, 2, 4, 4);
    assertThat(nextMbAddresses(false, false)).containsExactly(2, 3, 5, 4, 6, 7, 8, 8);
  }
}
