package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class CtxBlockCatTest {
  @Test
  void planesMapToTheRowsOfTable942() {
    assertThat(CtxBlockCat.ofPlane(CtxBlockCat.LUMA_DC, 0)).isZero();
    assertThat(CtxBlockCat.ofPlane(CtxBlockCat.LUMA_8X8, 0)).isEqualTo(5);
    assertThat(CtxBlockCat.ofPlane(CtxBlockCat.LUMA_DC, 1)).isEqualTo(6);
    assertThat(CtxBlockCat.ofPlane(CtxBlockCat.LUMA_AC, 1)).isEqualTo(7);
    assertThat(CtxBlockCat.ofPlane(CtxBlockCat.LUMA_4X4, 1)).isEqualTo(8);
    assertThat(CtxBlockCat.ofPlane(CtxBlockCat.LUMA_8X8, 1)).isEqualTo(9);
    assertThat(CtxBlockCat.ofPlane(CtxBlockCat.LUMA_DC, 2)).isEqualTo(10);
    assertThat(CtxBlockCat.ofPlane(CtxBlockCat.LUMA_8X8, 2)).isEqualTo(13);
  }

  @Test
  void offsetsAreThoseOfTables934And940() {
    assertThat(CtxBlockCat.codedBlockFlag(CtxBlockCat.CHROMA_AC)).isEqualTo(85 + 16);
    assertThat(CtxBlockCat.significantCoeffFlag(CtxBlockCat.LUMA_4X4, false)).isEqualTo(105 + 29);
    assertThat(CtxBlockCat.significantCoeffFlag(CtxBlockCat.LUMA_4X4, true)).isEqualTo(277 + 29);
    assertThat(CtxBlockCat.lastSignificantCoeffFlag(CtxBlockCat.CHROMA_DC, false)).isEqualTo(166 + 44);
    assertThat(CtxBlockCat.coeffAbsLevelMinus1(CtxBlockCat.CHROMA_AC)).isEqualTo(227 + 39);
    assertThat(CtxBlockCat.coeffAbsLevelMinus1(12)).isEqualTo(982 + 20);
  }

  @Test
  void noTwoCategoriesShareAContext() {
    for (boolean fieldCoded : new boolean[] {false, true}) {
      Set<Integer> used = new HashSet<>();
      for (int cat = 0; cat < CtxBlockCat.COUNT; cat++) {
        int significant = cat == CtxBlockCat.CHROMA_DC ? 3 : Math.min(15, CtxBlockCat.maxNumCoeff(cat) - 1);
        int last = CtxBlockCat.maxNumCoeff(cat) == 64 ? 9 : significant;
        int levels = CtxBlockCat.largestLevelIncrement(cat) + 1;
        addAll(used, CtxBlockCat.codedBlockFlag(cat), 4);
        addAll(used, CtxBlockCat.significantCoeffFlag(cat, fieldCoded), significant);
        addAll(used, CtxBlockCat.lastSignificantCoeffFlag(cat, fieldCoded), last);
        addAll(used, CtxBlockCat.coeffAbsLevelMinus1(cat), levels);
      }
      assertThat(used).allMatch(ctxIdx -> ctxIdx >= 85 && ctxIdx < 1024);
    }
  }

  private static void addAll(Set<Integer> used, int from, int count) {
    for (int ctxIdx = from; ctxIdx < from + count; ctxIdx++) {
      assertThat(used.add(ctxIdx)).as("ctxIdx %d is used once", ctxIdx).isTrue();
    }
  }

  @Test
  void incrementsAreThoseOfTable943AndClause93313() {
    byte[] frame = CtxBlockCat.significantIncrements(CtxBlockCat.LUMA_8X8, false, 1);
    byte[] field = CtxBlockCat.significantIncrements(CtxBlockCat.LUMA_8X8, true, 1);
    byte[] last = CtxBlockCat.lastIncrements(CtxBlockCat.LUMA_8X8, 1);
    assertThat(new int[] {frame[0], frame[10], frame[40], frame[62]}).containsExactly(0, 3, 8, 12);
    assertThat(new int[] {field[0], field[10], field[40], field[62]}).containsExactly(0, 7, 9, 14);
    assertThat(new int[] {last[0], last[1], last[16], last[40], last[62]}).containsExactly(0, 1, 2, 4, 8);
    assertThat(checksum(frame)).isEqualTo(0xC91B26DCL);
    assertThat(checksum(field)).isEqualTo(0xE3D57A12L);
    assertThat(checksum(last)).isEqualTo(0x91F7C325L);
    assertThat(CtxBlockCat.significantIncrements(CtxBlockCat.CHROMA_DC, false, 1)).containsExactly(0, 1, 2);
    assertThat(CtxBlockCat.lastIncrements(CtxBlockCat.CHROMA_DC, 2)).containsExactly(0, 0, 1, 1, 2, 2, 2);
    assertThat(CtxBlockCat.significantIncrements(CtxBlockCat.LUMA_AC, false, 1)[13]).isEqualTo((byte) 13);
  }

  private static long checksum(byte[] table) {
    CRC32 checksum = new CRC32();
    checksum.update(table);
    return checksum.getValue();
  }
}
