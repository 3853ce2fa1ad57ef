package llm265.tensor.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import llm265.tensor.TensorFraming;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.ScaleClasses;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ExcerptRowsTest {
  /** 1024 rows of 1024 values, one tile: 64 rows of macroblocks. */
  private static final TensorFraming SQUARE = new TensorFraming(1 << 20, 1024, false, 1024, 1024);

  private static ScaleClasses random(long lines, long seed) {
    byte[] classes = new byte[(int) lines];
    Random random = new Random(seed);
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) random.nextInt(20);
    }
    return new ScaleClasses(classes);
  }

  /** The row of macroblocks that each piece of an excerpt of {@link #SQUARE} begins in. */
  private static int[] rows(TileMap map) {
    return IntStream.range(0, map.height() / 16).map(piece -> (int) (map.index(16 * piece, 0) / 1024 / 16)).toArray();
  }

  /** The column of macroblocks that each piece begins in. */
  private static int[] columns(TileMap map) {
    return IntStream.range(0, map.height() / 16).map(piece -> (int) (map.index(16 * piece, 0) % 1024 / 16)).toArray();
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void excerptOfAsManyValuesAsThereAreIsTheTensor(
      @ForAll @IntRange(min = 1, max = 90) int rows, @ForAll @IntRange(min = 1, max = 120) int columns,
      @ForAll @IntRange(max = 119) int missing, @ForAll boolean transposed, @ForAll boolean rowClasses,
      @ForAll boolean columnClasses, @ForAll long seed) {
    int values = rows * columns - (transposed ? 0 : missing % columns);
    TensorFraming framing = new TensorFraming(values, columns, transposed, 48, 32);
    ScaleClasses ofRows = rowClasses ? random(framing.rows(), seed) : null;
    ScaleClasses ofColumns = columnClasses ? random(framing.columns(), seed + 1) : null;
    TileMap map = new ExcerptRows(framing, 1 << 20, ofRows, ofColumns).map(false);
    BitSet seen = new BitSet();
    float[] factors = new float[48];
    for (int y = 0; y < map.rows(); y++) {
      if (map.hasClasses()) {
        map.factors(y, factors);
      }
      for (int x = 0; x < map.count(y); x++) {
        int index = (int) map.index(y, x);
        assertThat(seen.get(index)).isFalse();
        seen.set(index);
        int viewRow = index / columns;
        int viewColumn = index % columns;
        int row = transposed ? viewColumn : viewRow;
        int column = transposed ? viewRow : viewColumn;
        if (map.hasClasses()) {
          int sum = (rowClasses ? ofRows.of(row) : 0) + (columnClasses ? ofColumns.of(column) : 0);
          assertThat(factors[x]).isEqualTo(ScaleClasses.factor(sum));
        }
      }
    }
    assertThat(seen.cardinality()).isEqualTo(values);
    assertThat(map.hasClasses()).isEqualTo(rowClasses || columnClasses);
    assertThat(map.rows()).isEqualTo(map.height());
  }

  @Test
  void pieceIsSixteenRowsOfAtMost256Columns() {
    TileMap map = new ExcerptRows(SQUARE, 10 * 4096, null, null).map(false);

    assertThat(map.width()).isEqualTo(256);
    assertThat(map.height()).isEqualTo(160);
    assertThat(map.values()).isEqualTo(10 * 4096);
    for (int y = 0; y < 160; y++) {
      assertThat(map.count(y)).isEqualTo(256);
      assertThat(map.index(y, 0)).isEqualTo(map.index(y / 16 * 16, 0) + y % 16 * 1024);
    }
  }

  @Test
  void fewerValuesThanAPieceAreOnePiece() {
    TileMap map = new ExcerptRows(SQUARE, 1, null, null).map(true);

    assertThat(map.values()).isEqualTo(4096);
    assertThat(rows(map)).as("the middle of 64").containsExactly(32);
    assertThat(columns(map)).containsExactly(0);
  }

  @Test
  void piecesAreSpreadEvenly() {
    // Four strata of 16 rows of macroblocks: their middles are 8, 24, 40 and 56.
    TileMap map = new ExcerptRows(SQUARE, 4 * 4096, null, null).map(false);

    assertThat(rows(map)).containsExactly(8, 24, 40, 56);
    // Fractions of the golden section: 0, .618, .236 and .854 of the 49 places that are multiples of 16.
    assertThat(columns(map)).containsExactly(0, 30, 11, 41);
  }

  @Test
  void piecesWhoseNeighboursCountLieBelowEachOther() {
    // Eight pieces are two runs of four, about the middles 16 and 48 of their halves.
    TileMap map = new ExcerptRows(SQUARE, 8 * 4096, null, null).map(true);

    assertThat(rows(map)).containsExactly(16, 17, 18, 19, 48, 49, 50, 51);
    assertThat(columns(map)).containsExactly(0, 0, 0, 0, 30, 30, 30, 30);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void noValueOfALargerTensorIsTakenTwice(
      @ForAll @IntRange(min = 1, max = 40) int pieces, @ForAll @IntRange(min = 1, max = 400) int columns,
      @ForAll @IntRange(max = 300) int more, @ForAll boolean neighbours) {
    // At least twice as many rows of macroblocks as there are pieces in whole runs.
    long rows = 16L * (2 * (pieces + 15) + more);
    int width = Math.max(48, (columns + 15) / 16 * 16);
    TensorFraming framing = new TensorFraming(rows * columns, columns, false, width, 176);
    TileMap map = new ExcerptRows(framing, 16 * Math.min(256, width) * pieces, null, null).map(neighbours);
    BitSet seen = new BitSet();
    for (int y = 0; y < map.rows(); y++) {
      for (int x = 0; x < map.count(y); x++) {
        seen.set((int) map.index(y, x));
      }
    }
    assertThat(map.height()).isEqualTo(16 * pieces);
    assertThat(seen.cardinality()).isEqualTo((int) map.values());
    assertThat(seen.length()).isLessThanOrEqualTo((int) framing.values());
  }

  @Test
  void sortedColumnsAreTakenWhole() {
    TileMap map = new ExcerptRows(SQUARE, 2 * 16_384, null, random(1024, 1)).map(false);

    assertThat(map.width()).isEqualTo(1024);
    assertThat(map.height()).isEqualTo(32);
    assertThat(map.columnRanks(0)).containsExactly(random(1024, 1).ranks());
  }

  @Test
  void sortedRowsAreTakenAsTheyLieOnThePicture() {
    // The classes 0 to 3 take turns: sorted, 256 rows of each lie together, 16 rows of macroblocks.
    byte[] classes = new byte[1024];
    for (int y = 0; y < 1024; y++) {
      classes[y] = (byte) (y % 4);
    }
    TileMap map = new ExcerptRows(SQUARE, 4 * 4096, new ScaleClasses(classes), null).map(true);

    // At a quarter and at three quarters by turns: the rows of macroblocks 4 and 12 among the 16 of a class.
    for (int y = 0; y < 64; y++) {
      int scale = y / 16;
      int place = scale % 2 == 0 ? 4 : 12;
      assertThat(map.index(y, 0) / 1024).isEqualTo(4 * (16 * place + y % 16) + scale);
    }
  }

  @Test
  void paddingBelowTheLastRowHoldsNothing() {
    // 20 rows: sorted or not, the second row of macroblocks has four of them.
    TensorFraming framing = new TensorFraming(20 * 48, 48, false, 48, 32);
    for (ScaleClasses rows : new ScaleClasses[] {null, random(20, 5)}) {
      TileMap map = new ExcerptRows(framing, 20 * 48 + 1000, rows, null).map(false);

      assertThat(map.height()).isEqualTo(32);
      assertThat(map.count(19)).isEqualTo(48);
      assertThat(map.count(20)).isZero();
      assertThat(map.count(31)).isZero();
    }
  }
}
