package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class ContextInitTablesTest {
  private static Tuple entry(int ctxIdx) {
    return Tuple.tuple(ContextInitTables.m(ctxIdx), ContextInitTables.n(ctxIdx));
  }

  @Test
  void valuesAreThoseOfTheTables() {
    assertThat(entry(3)).isEqualTo(Tuple.tuple(20, -15));
    assertThat(entry(10)).isEqualTo(Tuple.tuple(7, 51));
    assertThat(entry(60)).isEqualTo(Tuple.tuple(0, 41));
    assertThat(entry(85)).isEqualTo(Tuple.tuple(-17, 123));
    assertThat(entry(105)).isEqualTo(Tuple.tuple(-7, 93));
    assertThat(entry(227)).isEqualTo(Tuple.tuple(-3, 71));
    assertThat(entry(277)).isEqualTo(Tuple.tuple(-6, 93));
    assertThat(entry(399)).isEqualTo(Tuple.tuple(31, 21));
    assertThat(entry(402)).isEqualTo(Tuple.tuple(-17, 120));
    assertThat(entry(436)).isEqualTo(Tuple.tuple(-14, 106));
    assertThat(entry(1012)).isEqualTo(Tuple.tuple(-3, 70));
    assertThat(entry(1023)).isEqualTo(Tuple.tuple(-30, 127));
  }

  /** The checksum was taken of three other decoders' tables, which agree. */
  @Test
  void allValuesHaveTheirChecksum() {
    CRC32 checksum = new CRC32();
    for (int ctxIdx = 3; ctxIdx < ContextVariables.COUNT; ctxIdx++) {
      checksum.update(ContextInitTables.m(ctxIdx));
      checksum.update(ContextInitTables.n(ctxIdx));
    }
    assertThat(checksum.getValue()).isEqualTo(0x2E17FF28L);
  }

  @Test
  void contextsOfCbAndCrBeginLikeThoseOfLuma() {
    int[][] ranges = {{85, 460, 12}, {85, 472, 12}, {105, 484, 44}, {105, 528, 44}, {166, 572, 44}, {227, 952, 30}};
    for (int[] range : ranges) {
      for (int i = 0; i < range[2]; i++) {
        assertThat(entry(range[1] + i)).as("ctxIdx %d", range[1] + i).isEqualTo(entry(range[0] + i));
      }
    }
  }
}
