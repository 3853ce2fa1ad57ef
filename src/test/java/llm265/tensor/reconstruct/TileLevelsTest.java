package llm265.tensor.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.tools.SignPatterns;
import org.junit.jupiter.api.Test;

class TileLevelsTest {
  /** Three rows, of 5, 5 and 2 values. */
  private static final TensorFraming FRAMING = new TensorFraming(12, 5, false, 48, 16);

  private static TileMap map(ScaleClasses rows, ScaleClasses columns) {
    return TileMap.of(FRAMING, FRAMING.tile(0), rows, columns);
  }

  private static Picture picture(int bitDepth) {
    return new Picture(FRAMING.pictureFormat(ChromaFormat.MONOCHROME, bitDepth));
  }

  /** A picture with level {@code 10 y + x} at (y, x). */
  private static Picture numbered(int bitDepth) {
    Picture picture = picture(bitDepth);
    for (int i = 0; i < picture.samples(0).length; i++) {
      picture.samples(0)[i] = (short) ((1 << (bitDepth - 1)) + i / 48 * 10 + i % 48);
    }
    return picture;
  }

  private static float[] row(TileLevels levels, TileMap map, int y) {
    float[] row = levels.row(map, y);
    int offset = levels.offset(map, y);
    return Arrays.copyOfRange(row, offset, offset + map.count(y));
  }

  private static TileLevels of(Picture picture, boolean transformForward) {
    TileLevels levels = new TileLevels(picture.format());
    levels.set(picture, null, transformForward);
    return levels;
  }

  @Test
  void levelsCountFromTheMiddleOfTheirDepth() {
    for (int bitDepth : new int[] {8, 10, 14}) {
      TileLevels levels = of(numbered(bitDepth), false);

      assertThat(row(levels, map(null, null), 1)).containsExactly(10, 11, 12, 13, 14);
      assertThat(row(levels, map(null, null), 2)).containsExactly(20, 21);
    }
  }

  @Test
  void leastAndGreatestSamplesAreLevels() {
    Picture picture = picture(8);
    picture.samples(0)[1] = 255;

    assertThat(row(of(picture, false), map(null, null), 0)).startsWith(-128, 127);
  }

  @Test
  void sortedLevelsComeBackTimesTheirFactors() {
    // Row 0 lies at row 2, row 1 at 0; columns lie at 4, 0, 1, 2, 3.
    TileMap map = map(new ScaleClasses(new byte[] {6, 0, 0}), new ScaleClasses(new byte[] {12, 0, 0, 6, 6}));
    TileLevels levels = of(numbered(8), false);

    assertThat(levels.offset(map, 0)).isZero();
    assertThat(row(levels, map, 0)).containsExactly(24 / 8f, 20 / 2f, 21 / 2f, 22 / 4f, 23 / 4f);
    assertThat(row(levels, map, 1)).containsExactly(4 / 4f, 0, 1, 2 / 2f, 3 / 2f);
    assertThat(row(levels, map, 2)).containsExactly(14 / 4f, 10);
  }

  @Test
  void rowsAloneAreSortedWithoutRanksOfColumns() {
    TileMap map = map(new ScaleClasses(new byte[] {6, 0, 0}), null);

    assertThat(row(of(numbered(8), false), map, 0)).containsExactly(10, 10.5f, 11, 11.5f, 12);
  }

  @Test
  void transformGathersAFlatMacroblockInItsFirstLevel() {
    // The matrix's length is 2 a side, the Hadamard transform's 4: 16 times the level, and nothing elsewhere.
    Picture picture = picture(8);
    picture.fill(0, 128 + 3);
    TileLevels levels = of(picture, true);

    assertThat(row(levels, map(null, null), 0)).containsExactly(48, 0, 0, 0, 0);
    assertThat(row(levels, map(null, null), 1)).containsOnly(0);
    assertThat(levels.offset(map(null, null), 1)).isEqualTo(48);
  }

  @Test
  void transformedLevelsAreSortedAndScaledToo() {
    Picture picture = picture(8);
    picture.fill(0, 128 - 1);
    // Row 1 and column 1 lie first.
    TileMap map = map(new ScaleClasses(new byte[] {6, 0, 6}), new ScaleClasses(new byte[] {6, 0, 6, 6, 6}));
    TileLevels levels = of(picture, true);

    assertThat(levels.offset(map, 1)).isZero();
    assertThat(row(levels, map, 1)).containsExactly(0, -16, 0, 0, 0);
    assertThat(row(levels, map, 0)).containsOnly(0);
  }

  @Test
  void nextPictureTakesThePlaceOfTheLast() {
    Picture flat = picture(8);
    flat.fill(0, 131);
    Picture other = picture(8);
    other.fill(0, 130);
    TileLevels levels = of(flat, true);

    levels.set(other, null, true);
    assertThat(row(levels, map(null, null), 0)).startsWith(32, 0);
    levels.set(numbered(8), null, false);
    assertThat(row(levels, map(null, null), 1)).containsExactly(10, 11, 12, 13, 14);
  }

  @Test
  void lowBitsMakeStepsFiner() {
    TileLevels levels = of(numbered(8), false);
    // Two bits each of 12 values, row by row, nothing for padding: 0 1 2 3 | 0 3 2 1 | 0 1 3 2.
    levels.addLowBits(map(null, null), 2, new byte[] {0b00_01_10_11, 0b00_11_10_01, 0b00_01_11_10});

    assertThat(row(levels, map(null, null), 0)).containsExactly(0, 5, 10, 15, 16);
    assertThat(row(levels, map(null, null), 1)).containsExactly(43, 46, 49, 52, 57);
    assertThat(row(levels, map(null, null), 2)).containsExactly(83, 86);
  }

  @Test
  void lowBitsOfNegativeLevelsCountUpwards() {
    Picture picture = picture(8);
    TileLevels levels = of(picture, false);
    levels.addLowBits(map(null, null), 6, new byte[] {(byte) 0b111111_00, 0b0001_0000, 0, 0, 0, 0, 0, 0, 0});

    assertThat(row(levels, map(null, null), 0)).containsExactly(-128 * 64 + 63, -128 * 64 + 1, -8192, -8192, -8192);
  }

  @Test
  void lowBitsHoldForOnePicture() {
    Picture picture = numbered(8);
    TileLevels levels = of(picture, false);
    levels.addLowBits(map(null, null), 4, new byte[6]);
    levels.set(picture, null, false);
    levels.addLowBits(map(null, null), 0, null);

    assertThat(row(levels, map(null, null), 0)).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void signsAreUndoneAndThePictureStaysAsItIs() {
    Picture picture = numbered(8);
    byte[] patterns = new byte[4 * 3];
    patterns[0] = 1;
    int[] ones = new int[256];
    Arrays.fill(ones, 1);
    int[] signs = new int[256];
    SignPatterns.negate(1, ones, signs);
    TileLevels levels = new TileLevels(picture.format());
    levels.set(picture, new SignPatterns(1, patterns), false);

    for (int y = 0; y < 2; y++) {
      float[] row = row(levels, map(null, null), y);
      for (int x = 0; x < 5; x++) {
        assertThat(row[x]).isEqualTo(signs[16 * y + x] * (10 * y + x));
      }
    }
    assertThat(picture.samples(0)[49]).isEqualTo((short) (128 + 11));
  }
}
