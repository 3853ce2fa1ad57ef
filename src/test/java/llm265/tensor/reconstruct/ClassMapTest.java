package llm265.tensor.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ScaleClasses;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ClassMapTest {
  private static ScaleClasses classes(int... ofLines) {
    byte[] bytes = new byte[ofLines.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ofLines[i];
    }
    return new ScaleClasses(bytes);
  }

  /** Rows of values that lie below each other, each {@code columns} long. */
  private static TileMap map(int rows, int columns, ClassMap classes) {
    long[] first = new long[rows];
    int[] counts = new int[rows];
    for (int y = 0; y < rows; y++) {
      first[y] = (long) y * columns;
      counts[y] = columns;
    }
    return new TileMap(Math.max(48, (columns + 15) / 16 * 16), (rows + 15) / 16 * 16, first, counts, 1, classes);
  }

  private static float[] factors(ClassMap map, int y, int count) {
    float[] factors = new float[count];
    map.factors(y, count, factors);
    return factors;
  }

  @Test
  void noClassesAreNoMap() {
    TensorFraming framing = new TensorFraming(100, 50, false, 48, 16);

    assertThat(ClassMap.of(null, null, 5)).isNull();
    assertThat(ClassMap.ofSpreadRows(framing, null, null, new int[5])).isNull();
    assertThat(ClassMap.ofTile(framing, null, framing.tile(0))).isNull();
  }

  @Test
  void rowsAloneKeepTheirColumns() {
    ClassMap map = ClassMap.of(classes(12, 0, 6), null, 3);

    assertThat(new int[] {map.row(0), map.row(1), map.row(2)}).containsExactly(2, 0, 1);
    assertThat(map.columnRanks(0)).isNull();
    assertThat(factors(map, 0, 2)).containsExactly(0.25f, 0.25f);
    assertThat(factors(map, 2, 1)).containsExactly(0.5f);
  }

  @Test
  void columnsAloneKeepTheirRows() {
    ClassMap map = ClassMap.of(null, classes(12, 0, 6), 2);

    assertThat(map.row(1)).isEqualTo(1);
    assertThat(map.columnRanks(1)).containsExactly(2, 0, 1);
    assertThat(factors(map, 1, 3)).containsExactly(0.25f, 1, 0.5f);
  }

  @Test
  void classesOfRowAndColumnAddUp() {
    ClassMap map = ClassMap.of(classes(6, 63), classes(0, 6, 63), 2);

    assertThat(factors(map, 0, 2)).containsExactly(0.5f, 0.25f);
    assertThat(factors(map, 1, 3)[2]).isEqualTo(0x1p-21f);
  }

  @Test
  void sharesAreAddedToWhatIsThere() {
    ClassMap map = ClassMap.of(classes(2), classes(0, 1, 1, 5), 1);
    double[] shares = new double[2 * ScaleClasses.GREATEST + 1];
    shares[3] = 10;

    map.addShares(0, 3, 0.5, shares);

    double[] expected = new double[shares.length];
    expected[2] = 0.5;
    expected[3] = 11;
    assertThat(shares).containsExactly(expected);
  }

  @Test
  void columnsOfATileAreThoseItHolds() {
    byte[] ofColumns = new byte[100];
    for (int x = 0; x < 100; x++) {
      ofColumns[x] = (byte) (x % 64);
    }
    TensorFraming framing = new TensorFraming(400, 100, false, 48, 16);
    ScaleClasses last = ClassMap.ofTile(framing, new ScaleClasses(ofColumns), framing.tile(2));

    assertThat(last).isEqualTo(classes(32, 33, 34, 35));
  }

  @Test
  void spreadRowsStayInOrderAndHaveTheColumnsOfTheirTiles() {
    // Two columns of tiles: 48 columns of class 0, then two of the classes 12 and 6.
    byte[] ofColumns = new byte[50];
    ofColumns[48] = 12;
    ofColumns[49] = 6;
    TensorFraming framing = new TensorFraming(200, 50, false, 48, 16);
    ClassMap map = ClassMap.ofSpreadRows(framing, new int[] {6, 0, 0}, new ScaleClasses(ofColumns), new int[] {1, 0, 1});

    assertThat(new int[] {map.row(0), map.row(1), map.row(2)}).containsExactly(0, 1, 2);
    assertThat(map.columnRanks(0)).containsExactly(1, 0);
    assertThat(map.columnRanks(1)).hasSize(48).startsWith(0, 1, 2).endsWith(47);
    assertThat(map.columnRanks(2)).containsExactly(1, 0);
    assertThat(factors(map, 0, 2)).containsExactly(0.125f, 0.25f);
    assertThat(factors(map, 1, 2)).containsExactly(1, 1);
    assertThat(factors(map, 2, 2)).containsExactly(0.25f, 0.5f);
  }

  @Test
  void sortedRowsFillMacroblocksOfOneClass() {
    // Rows of the classes 0 and 6 take turns; sorted, the first 16 rows of samples are of class 0.
    int[] turns = new int[32];
    for (int y = 0; y < 32; y++) {
      turns[y] = y % 2 * 6;
    }
    ClassMap classes = ClassMap.of(classes(turns), null, 32);

    assertThat(map(32, 48, classes).macroblockClasses(-1)).containsExactly(0, 0, 0, 6, 6, 6);
  }

  @Test
  void macroblockIsOfTheClassOfItsMeanSquare() {
    // Half of the factors are 1, half are 1/4: 3 log2(1 / .53125) = 2.74 sixths of an octave.
    int[] halves = new int[16];
    Arrays.fill(halves, 8, 16, 12);
    ClassMap classes = ClassMap.of(classes(halves), null, 16);

    assertThat(map(16, 10, classes).macroblockClasses(-1)).containsExactly(3, -1, -1);
  }

  @Test
  void rowOfFewerColumnsCountsForThoseAlone() {
    // 20 columns, of class 12 behind the first 16; the second row has 16 values only.
    int[] ofColumns = new int[20];
    Arrays.fill(ofColumns, 16, 20, 12);
    ClassMap classes = ClassMap.of(classes(0, 0), classes(ofColumns), 2);
    TileMap map = new TileMap(48, 16, new long[] {0, 20}, new int[] {20, 16}, 1, classes);

    assertThat(map.macroblockClasses(99)).containsExactly(0, 12, 99);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void classesOfMacroblocksAreThoseOfThePictureOfFactors(
      @ForAll @IntRange(min = 1, max = 40) int rows, @ForAll @IntRange(min = 1, max = 70) int columns, @ForAll long seed) {
    Random random = new Random(seed);
    int[] ofRows = random.ints(rows, 0, 4).map(i -> 7 * i).toArray();
    int[] ofColumns = random.ints(columns, 0, 40).toArray();
    ClassMap classes = ClassMap.of(classes(ofRows), classes(ofColumns), rows);
    TileMap map = map(rows, columns, classes);
    double[] squares = new double[map.width() * map.height()];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        squares[map.start(y) + map.columnRanks(y)[x]] = Math.pow(2, -(ofRows[y] + ofColumns[x]) / 3.0);
      }
    }
    int[] found = map.macroblockClasses(-1);
    int widthInMbs = map.width() / 16;
    for (int mb = 0; mb < found.length; mb++) {
      double sum = 0;
      int count = 0;
      for (int i = 0; i < 256; i++) {
        double square = squares[(mb / widthInMbs * 16 + i / 16) * map.width() + mb % widthInMbs * 16 + i % 16];
        sum += square;
        count += square > 0 ? 1 : 0;
      }
      if (count == 0) {
        assertThat(found[mb]).isEqualTo(-1);
      } else {
        assertThat(Math.abs(found[mb] + 3 * Math.log(sum / count) / Math.log(2))).isLessThanOrEqualTo(0.5 + 1e-5);
      }
    }
  }
}
