package llm265.tensor.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.dtype.DType;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueRow;
import llm265.tensor.values.ValueSink;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TileMapTest {
  /** Values that tell where they are. */
  private static TensorElements numbered(int values) {
    float[] data = new float[values];
    for (int i = 0; i < values; i++) {
      data[i] = i;
    }
    return new TensorElements(DType.F32, MemorySegment.ofArray(data));
  }

  private static TileMap plain(TensorFraming framing, int tile) {
    return TileMap.of(framing, framing.tile(tile), null, null);
  }

  @Test
  void rowsOfATileAreRowsOfTheView() {
    // 100, 100 and 60 values; tile 1 has the columns 48 to 95, tile 2 the last four.
    TensorFraming framing = new TensorFraming(260, 100, false, 48, 16);
    TileMap middle = plain(framing, 1);
    TileMap last = plain(framing, 2);

    assertThat(middle.width()).isEqualTo(48);
    assertThat(middle.height()).isEqualTo(16);
    assertThat(middle.rows()).isEqualTo(3);
    assertThat(middle.index(0, 0)).isEqualTo(48);
    assertThat(middle.index(2, 11)).isEqualTo(259);
    assertThat(middle.count(1)).isEqualTo(48);
    assertThat(middle.count(2)).isEqualTo(12);
    assertThat(middle.values()).isEqualTo(48 + 48 + 12);
    assertThat(last.count(1)).isEqualTo(4);
    assertThat(last.count(2)).isZero();
    assertThat(last.values()).isEqualTo(8);
  }

  @Test
  void withoutClassesSamplesLieAsValuesDo() {
    TileMap map = plain(new TensorFraming(260, 100, false, 48, 16), 0);

    assertThat(map.hasClasses()).isFalse();
    assertThat(map.isTransposed()).isFalse();
    assertThat(map.start(2)).isEqualTo(96);
    assertThat(map.columnRanks(2)).isNull();
    assertThat(map.classShares()[0]).isCloseTo(1, within(1e-12));
  }

  @Test
  void tensorWithoutValuesHasNoRows() {
    TileMap map = plain(new TensorFraming(0, 100, false, 48, 16), 0);

    assertThat(map.rows()).isZero();
    assertThat(map.values()).isZero();
    assertThat(map.classShares()).containsOnly(0.0);
  }

  @Test
  void rowsOfATransposedTileAreColumnsOfTheView() {
    // 50 rows of 60: the plane is 60 rows of 50. Tile 7 is the last of 4 x 2: rows 48 to 59, columns 48 and 49.
    TensorFraming framing = new TensorFraming(3000, 60, true, 48, 16);
    TileMap map = plain(framing, 7);

    assertThat(map.isTransposed()).isTrue();
    assertThat(map.rows()).isEqualTo(12);
    assertThat(map.values()).isEqualTo(24);
    assertThat(map.index(0, 0)).isEqualTo(48 * 60 + 48);
    assertThat(map.index(11, 0)).isEqualTo(48 * 60 + 59);
    assertThat(map.index(11, 1)).isEqualTo(2999);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void whatIsReadOfAllTilesAndWrittenIsTheTensor(
      @ForAll @IntRange(min = 1, max = 60) int rows,
      @ForAll @IntRange(min = 1, max = 120) int columns,
      @ForAll @IntRange(max = 119) int missing,
      @ForAll boolean transposed,
      @ForAll @IntRange(min = 3, max = 5) int widthInMbs,
      @ForAll @IntRange(min = 1, max = 3) int heightInMbs) {
    int values = rows * columns - (transposed ? 0 : missing % columns);
    TensorFraming framing = new TensorFraming(values, columns, transposed, 16 * widthInMbs, 16 * heightInMbs);
    TensorElements elements = numbered(values);
    float[] written = new float[values];
    Arrays.fill(written, -1);
    ValueSink sink = ValueSink.to(DType.F32, written, 0);
    ValueRow row = new ValueRow(framing.tileWidth());
    for (int t = 0; t < framing.tiles(); t++) {
      TileMap map = plain(framing, t);
      float[] decoded = new float[map.rows() * map.width()];
      for (int y = 0; y < map.rows(); y++) {
        map.read(elements, y, row);
        for (int x = 0; x < map.count(y); x++) {
          assertThat(row.get(x)).isEqualTo(map.index(y, x));
          decoded[y * map.width() + x] = row.get(x);
        }
      }
      map.write(decoded, map.width(), sink);
    }
    for (int i = 0; i < values; i++) {
      assertThat(written[i]).isEqualTo(i);
    }
  }

  @Test
  void transposedPiecesThatDoNotFollowEachOtherAreReadEachByItself() {
    // Three neighbours of 40 values, two of 7 elsewhere, one of 3 beside them, and one of padding.
    long[] first = {0, 1, 2, 10, 11, 12, 0};
    int[] counts = {40, 40, 40, 7, 7, 3, 0};
    TileMap map = new TileMap(48, 16, first, counts, 20, null);
    TensorElements elements = numbered(800);
    ValueRow row = new ValueRow(48);

    for (int y = 0; y < first.length; y++) {
      map.read(elements, y, row);
      for (int x = 0; x < counts[y]; x++) {
        assertThat(row.get(x)).isEqualTo(first[y] + 20L * x);
      }
    }
    assertThat(map.values()).isEqualTo(137);
  }

  @Test
  void paddingIsNotHandedOver() {
    TensorFraming framing = new TensorFraming(52, 50, false, 48, 16);
    float[] written = new float[52];
    Arrays.fill(written, -1);
    float[] decoded = new float[2 * 48];
    Arrays.fill(decoded, 7);

    plain(framing, 1).write(decoded, 48, ValueSink.to(DType.F32, written, 0));

    for (int i = 0; i < 52; i++) {
      assertThat(written[i]).isEqualTo(i == 48 || i == 49 ? 7 : -1);
    }
  }

  @Test
  void classesSortRowsAndColumnsOfTheTileAlone() {
    // Columns 48 to 51 of the view are in tile 1, with the classes 3, 0, 3, 1.
    byte[] ofColumns = new byte[52];
    Arrays.fill(ofColumns, (byte) 60);
    System.arraycopy(new byte[] {3, 0, 3, 1}, 0, ofColumns, 48, 4);
    TensorFraming framing = new TensorFraming(3 * 52, 52, false, 48, 16);
    TileMap map = TileMap.of(framing, framing.tile(1), new ScaleClasses(new byte[] {6, 0, 6}), new ScaleClasses(ofColumns));

    assertThat(map.hasClasses()).isTrue();
    assertThat(map.start(0)).isEqualTo(48);
    assertThat(map.start(1)).isZero();
    assertThat(map.start(2)).isEqualTo(96);
    assertThat(map.columnRanks(0)).containsExactly(2, 0, 3, 1);
    assertThat(map.index(2, 3)).as("values stay where they are").isEqualTo(155);
    float[] factors = new float[4];
    map.factors(2, factors);
    for (int x = 0; x < 4; x++) {
      assertThat((double) factors[x]).isCloseTo(Math.pow(2, -(6 + ofColumns[48 + x]) / 6.0), within(1e-6));
    }
  }

  @Test
  void sharesAreOfValuesByTheSumOfTheirClasses() {
    // Rows of 4, 4 and 2 values: classes 6, 0, 6 and 3, 0, 3, 1.
    ScaleClasses columns = new ScaleClasses(new byte[] {3, 0, 3, 1});
    TensorFraming framing = new TensorFraming(10, 4, false, 48, 16);
    double[] shares = TileMap.of(framing, framing.tile(0), new ScaleClasses(new byte[] {6, 0, 6}), columns).classShares();

    double[] expected = new double[2 * ScaleClasses.GREATEST + 1];
    expected[0] = 0.1;
    expected[1] = 0.1;
    expected[3] = 0.2;
    expected[6] = 0.2;
    expected[7] = 0.1;
    expected[9] = 0.3;
    assertThat(shares).containsExactly(expected, within(1e-12));
  }

  @Test
  void macroblocksThatHoldNoValuesArePadding() {
    // 17 rows of 20 values: two of the three macroblocks of each row of macroblocks have values.
    byte[] ofRows = new byte[17];
    ofRows[16] = 12;
    TensorFraming framing = new TensorFraming(17 * 20, 20, false, 48, 32);
    TileMap map = TileMap.of(framing, framing.tile(0), new ScaleClasses(ofRows), null);

    assertThat(map.macroblockClasses(-1)).containsExactly(0, 0, -1, 12, 12, -1);
  }
}
