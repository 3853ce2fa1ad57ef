package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.ChromaFormat;
import org.junit.jupiter.api.Test;

class ResidualBlockWriterTest {
  private static final int BYPASS = BinString.BYPASS;

  private final BinString bins = new BinString();
  private final MacroblockWriter writer = new MacroblockWriter(ChromaFormat.YUV420, true);

  /** The string as pairs ctxIdx, binVal. */
  private List<Integer> pairs() {
    List<Integer> pairs = new ArrayList<>();
    for (int i = 0; i < bins.size(); i++) {
      pairs.add(bins.operation(i) >> 1);
      pairs.add(bins.operation(i) & 1);
    }
    return pairs;
  }

  /** Levels 3, 0, -1, 1 in scan order, worked through 7.3.5.3.3, 9.3.2.3 and 9.3.3.1.3 by hand. */
  @Test
  void smallBlockHasTheBinsOfTheClause() {
    int[] levels = new int[16];
    levels[0] = 3;
    levels[4] = -1;
    levels[8] = 1;
    writer.writeLevels(CtxBlockCat.LUMA_4X4, levels, 0, bins);
    int significant = 105 + 29;
    int last = 166 + 29;
    int level = 227 + 20;
    assertThat(pairs()).containsExactly(
        significant, 1, last, 0,
        significant + 1, 0,
        significant + 2, 1, last + 2, 0,
        significant + 3, 1, last + 3, 1,
        level + 1, 0, BYPASS, 0,
        level + 2, 0, BYPASS, 1,
        level + 3, 1, level + 5, 1, level + 5, 0, BYPASS, 0);
  }

  @Test
  void lastCoefficientOfAFullBlockIsNotSignalled() {
    int[] levels = new int[16];
    levels[15] = 1;
    writer.writeLevels(CtxBlockCat.LUMA_4X4, levels, 0, bins);
    assertThat(bins.size()).isEqualTo(15 + 2);
    assertThat(pairs().subList(28, 34)).containsExactly(105 + 29 + 14, 0, 227 + 20 + 1, 0, BYPASS, 0);
  }

  @Test
  void acBlocksBeginAtTheSecondPosition() {
    int[] levels = new int[16];
    levels[1] = 1;
    writer.writeLevels(CtxBlockCat.LUMA_AC, levels, 0, bins);
    assertThat(pairs()).containsExactly(105 + 15, 1, 166 + 15, 1, 227 + 10 + 1, 0, BYPASS, 0);
  }

  @Test
  void levelContextsStopAtTheirLargestIncrements() {
    int[] levels = new int[16];
    for (int i = 0; i < 6; i++) {
      levels[new int[] {0, 1, 4, 8, 5, 2}[i]] = 2;
    }
    writer.writeLevels(CtxBlockCat.LUMA_4X4, levels, 0, bins);
    List<Integer> pairs = pairs();
    List<Integer> further = new ArrayList<>();
    List<Integer> first = new ArrayList<>();
    for (int i = pairs.size() - 6 * 6; i < pairs.size(); i += 6) {
      first.add(pairs.get(i) - 247);
      further.add(pairs.get(i + 2) - 247);
    }
    assertThat(first).containsExactly(1, 0, 0, 0, 0, 0);
    assertThat(further).containsExactly(5, 6, 7, 8, 9, 9);

    bins.reset();
    int[] ones = new int[16];
    for (int i : new int[] {0, 1, 4, 8, 5}) {
      ones[i] = -1;
    }
    writer.writeLevels(CtxBlockCat.LUMA_4X4, ones, 0, bins);
    pairs = pairs();
    first.clear();
    for (int i = pairs.size() - 5 * 4; i < pairs.size(); i += 4) {
      first.add(pairs.get(i) - 247);
    }
    assertThat(first).containsExactly(1, 2, 3, 4, 4);
  }

  @Test
  void chromaDcHasItsOwnIncrements() {
    int[] levels = {2, 2, 2, 2};
    writer.writeLevels(CtxBlockCat.CHROMA_DC, levels, 0, bins);
    int significant = 105 + 44;
    int last = 166 + 44;
    int level = 227 + 30;
    assertThat(pairs().subList(0, 12)).containsExactly(
        significant, 1, last, 0, significant + 1, 1, last + 1, 0, significant + 2, 1, last + 2, 0);
    assertThat(pairs().subList(12, 36)).containsExactly(
        level + 1, 1, level + 5, 0, BYPASS, 0,
        level, 1, level + 6, 0, BYPASS, 0,
        level, 1, level + 7, 0, BYPASS, 0,
        level, 1, level + 8, 0, BYPASS, 0);

    bins.reset();
    new MacroblockWriter(ChromaFormat.YUV422, false).writeLevels(
        CtxBlockCat.CHROMA_DC, new int[] {2, 2, 2, 2, 2, 2, 2, 2}, 0, bins);
    List<Integer> pairs = pairs();
    assertThat(pairs.subList(pairs.size() - 6, pairs.size())).containsExactly(level, 1, level + 8, 0, BYPASS, 0);
  }

  /** coeff_abs_level_minus1 14 is the first with a suffix (uCoff = 14), which is Exp-Golomb of order 0. */
  @Test
  void largeLevelsHaveASuffix() {
    int[] levels = new int[16];
    for (int[] row : new int[][] {{14, 14 + 2}, {15, 14 + 2 + 1}, {16, 14 + 2 + 3}, {17, 14 + 2 + 3}, {18, 14 + 2 + 5}}) {
      bins.reset();
      levels[0] = row[0];
      writer.writeLevels(CtxBlockCat.LUMA_4X4, levels, 0, bins);
      assertThat(bins.size()).as("level %d", row[0]).isEqualTo(row[1] + 1);
    }
    // 17: coeff_abs_level_minus1 16 = 14 + 2, codeNum 2: 1 0 1, then the sign
    bins.reset();
    levels[0] = -17;
    writer.writeLevels(CtxBlockCat.LUMA_4X4, levels, 0, bins);
    List<Integer> pairs = pairs();
    assertThat(pairs.subList(pairs.size() - 8, pairs.size()))
        .containsExactly(BYPASS, 1, BYPASS, 0, BYPASS, 1, BYPASS, 1);
  }

  @Test
  void levelsBeyondAnyBitDepthAreRefused() {
    int[] levels = new int[16];
    levels[0] = ResidualBlockWriter.LARGEST_LEVEL + ResidualBlockParser.LEVEL_PREFIX + 1;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.writeLevels(CtxBlockCat.LUMA_4X4, levels, 0, bins));
  }

  @Test
  void blocksOfZerosAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.writeLevels(CtxBlockCat.LUMA_8X8, new int[64], 0, bins));
    assertThat(bins.size()).isZero();
  }
}
