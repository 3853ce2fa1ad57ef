package llm265.h264.deblock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.macroblock.PictureMbState;
import org.junit.jupiter.api.Test;

/** 8.7 for two by two pairs of macroblocks of 8x8 transforms, edges that lie between unlike pairs above all. */
class MbaffDeblockingFilterTest {
  private static final DeblockingParameters ON = new DeblockingParameters(0, 0, 0, 0, 0);
  private static final int WIDTH = 32;

  private final PictureMbState state = new PictureMbState(2, 4);

  private void decoded(int qpY, boolean... fieldPairs) {
    Arrays.fill(state.sliceIndex, 0, 8, 0);
    Arrays.fill(state.qpY, (byte) qpY);
    Arrays.fill(state.transformSize8x8Flag, true);
    for (int mbAddr = 0; mbAddr < 8; mbAddr++) {
      state.mbField[mbAddr] = fieldPairs[mbAddr / 2];
    }
  }

  private static Picture picture() {
    return new Picture(PictureFormat.of8Bit(WIDTH, 64, ChromaFormat.MONOCHROME));
  }

  /** A step of 6 between the left and the right half. */
  private static Picture leftAndRight() {
    Picture picture = picture();
    for (int i = 0; i < picture.samples(0).length; i++) {
      picture.samples(0)[i] = (short) (i % WIDTH < 16 ? 100 : 106);
    }
    return picture;
  }

  /** A step of 6 between the upper and the lower pairs. */
  private static Picture aboveAndBelow() {
    Picture picture = picture();
    for (int i = 0; i < picture.samples(0).length; i++) {
      picture.samples(0)[i] = (short) (i / WIDTH < 32 ? 100 : 106);
    }
    return picture;
  }

  private Picture filtered(Picture picture) {
    MbaffDeblockingFilter.filter(picture, state, List.of(ON), null);
    return picture;
  }

  private static int[] column(Picture picture, int x) {
    int[] column = new int[64];
    Arrays.setAll(column, y -> picture.samples(0)[y * WIDTH + x]);
    return column;
  }

  /** Passes over the rows that the edge between upper and lower pairs may change afterwards. */
  private static int nextAwayFromPairs(int y) {
    return y == 25 ? 13 : 1;
  }

  /** Filtered with bS 4 or 3 where the mean QP is 30, left alone where it is 15. */
  @Test
  void eachRowOfALeftEdgeHasTheQpOfTheMacroblockThatTheRowIsIn() {
    // The upper pairs: field on the left, frame on the right. The lower ones: frame on the left, field on the right.
    decoded(30, true, false, false, true);
    state.qpY[1] = 0;
    state.qpY[5] = 0;
    int[] column = column(filtered(leftAndRight()), 15);
    for (int y = 0; y < 64; y += nextAwayFromPairs(y)) {
      // Left of a frame pair the rows of the bottom field; left of a field pair the lower half.
      boolean low = y < 32 ? y % 2 == 1 : y >= 48;
      assertThat(column[y]).as("row %d", y).isEqualTo(low ? 100 : 102);
    }
  }

  /** bS of a vertical edge is 4 in any mixture: three samples on each side may change (8.7.2.1). */
  @Test
  void verticalEdgesOfMacroblocksAreStrong() {
    decoded(30, true, false, false, true);
    Picture picture = filtered(leftAndRight());
    for (int y = 0; y < 64; y += nextAwayFromPairs(y)) {
      int row = y * WIDTH;
      assertThat(Arrays.copyOfRange(picture.samples(0), row + 12, row + 20))
          .as("row %d", y).containsExactly(100, 101, 102, 102, 104, 105, 105, 106);
    }
  }

  private static short[] rowsAround(Picture picture, int x) {
    short[] rows = new short[16];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = picture.samples(0)[(24 + i) * WIDTH + x];
    }
    return rows;
  }

  @Test
  void aTopEdgeBetweenFramePairsIsStrong() {
    decoded(30, false, false, false, false);
    assertThat(rowsAround(filtered(aboveAndBelow()), 4))
        .containsExactly(100, 100, 100, 100, 100, 101, 102, 102, 104, 105, 105, 106, 106, 106, 106, 106);
  }

  /** bS 3 and every other row: each field of the frame macroblock against the field macroblock of the same parity. */
  @Test
  void aFrameMacroblockUnderAFieldPairIsFilteredFieldByField() {
    decoded(30, true, true, false, false);
    short[] rows = rowsAround(filtered(aboveAndBelow()), 4);
    for (int i = 0; i < 8; i += 2) {
      assertThat(rows[i]).as("fields are alike, row %d", i).isEqualTo(rows[i + 1]);
      assertThat(rows[8 + i]).isEqualTo(rows[9 + i]);
    }
    assertThat(rows[6]).isEqualTo((short) 102);
    assertThat(rows[8]).isEqualTo((short) 104);
    assertThat(rows[2]).isEqualTo((short) 100);
    assertThat(rows[12]).isEqualTo((short) 106);
    // The bottom field macroblock above at a low QP: its rows, and theirs below, are left alone.
    decoded(30, true, true, false, false);
    state.qpY[1] = 0;
    rows = rowsAround(filtered(aboveAndBelow()), 4);
    assertThat(rows[6]).isEqualTo((short) 102);
    assertThat(rows[8]).isEqualTo((short) 104);
    assertThat(rows[7]).isEqualTo((short) 100);
    assertThat(rows[9]).isEqualTo((short) 106);
  }

  /** Both field macroblocks have the lower frame macroblock above them. */
  @Test
  void aFieldPairUnderAFramePairHasTheLowerMacroblockAbove() {
    decoded(30, false, false, true, true);
    state.qpY[0] = 0;
    short[] rows = rowsAround(filtered(aboveAndBelow()), 4);
    assertThat(rows[6]).isEqualTo((short) 102);
    assertThat(rows[7]).isEqualTo((short) 102);
    assertThat(rows[8]).isEqualTo((short) 104);
    assertThat(rows[9]).isEqualTo((short) 104);
    decoded(30, false, false, true, true);
    state.qpY[1] = 0;
    assertThat(rowsAround(filtered(aboveAndBelow()), 4)).isEqualTo(rowsAround(aboveAndBelow(), 4));
  }

  /** Of two field pairs each macroblock has the one of its parity above it; pairs have no edge between their fields. */
  @Test
  void fieldsAreFilteredWithFields() {
    decoded(30, true, true, true, true);
    state.qpY[0] = 0;
    short[] rows = rowsAround(filtered(aboveAndBelow()), 4);
    assertThat(rows[6]).isEqualTo((short) 100);
    assertThat(rows[7]).isEqualTo((short) 102);
    assertThat(rows[8]).isEqualTo((short) 106);
    assertThat(rows[9]).isEqualTo((short) 104);
    Picture combed = picture();
    for (int i = 0; i < combed.samples(0).length; i++) {
      combed.samples(0)[i] = (short) (i / WIDTH % 2 == 0 ? 100 : 106);
    }
    Picture before = picture();
    System.arraycopy(combed.samples(0), 0, before.samples(0), 0, before.samples(0).length);
    decoded(30, true, true, true, true);
    assertThat(filtered(combed).sameSamples(before)).isTrue();
  }

  /** Of one column of pairs of frame macroblocks the order is that of a frame without MBAFF, and so is all else. */
  @Test
  void framePairsAloneAreAnOrdinaryFrame() {
    SplittableRandom random = new SplittableRandom(1);
    PictureMbState column = new PictureMbState(1, 4);
    for (int mbAddr = 0; mbAddr < 4; mbAddr++) {
      column.sliceIndex[mbAddr] = 0;
      column.qpY[mbAddr] = (byte) random.nextInt(20, 52);
      column.transformSize8x8Flag[mbAddr] = random.nextBoolean();
    }
    Picture picture = new Picture(PictureFormat.of8Bit(16, 64, ChromaFormat.YUV422));
    Picture expected = new Picture(picture.format());
    for (int plane = 0; plane < 3; plane++) {
      for (int i = 0; i < picture.samples(plane).length; i++) {
        expected.samples(plane)[i] = picture.samples(plane)[i] = (short) random.nextInt(100, 120);
      }
    }
    DeblockingFilter.filter(expected, column, List.of(ON));
    MbaffDeblockingFilter.filter(picture, column, List.of(ON), null);
    assertThat(picture.sameSamples(expected)).isTrue();
  }
}
