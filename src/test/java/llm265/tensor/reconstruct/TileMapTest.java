package llm265.tensor.reconstruct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueRow;
import llm265.tensor.values.ValueSink;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Values whose number is their value: where they lie can be read off them. */
class TileMapTest {
  private static TensorElements counting(int count) {
    MemorySegment data = MemorySegment.ofArray(new byte[4 * count]);
    for (int i = 0; i < count; i++) {
      data.set(LittleEndian.FLOAT, 4L * i, i);
    }
    return new TensorElements(DType.F32, data);
  }

  private static float[] row(TileMap map, TensorElements elements, int y) {
    ValueRow row = new ValueRow(map.width());
    map.read(elements, y, row);
    return Arrays.copyOfRange(row.array(), row.offset(), row.offset() + map.count(y));
  }

  @Test
  void rowsOfATileAreRunsOfTheTensor() {
    // 100 columns in tiles of 64: the second has 36; 20 rows in tiles of 16, the last row of the view has 7 values.
    TensorFraming framing = new TensorFraming(19 * 100 + 7, 100, false, 64, 16);
    TileMap last = TileMap.of(framing, framing.tile(3), null, null);
    assertThat(last.rows()).isEqualTo(4);
    assertThat(last.count(0)).isEqualTo(36);
    assertThat(last.count(3)).as("the last row ends before this tile").isZero();
    assertThat(last.index(1, 5)).isEqualTo(17 * 100 + 64 + 5);
    assertThat(last.values()).isEqualTo(3 * 36);
    assertThat(row(last, counting(1907), 2)).startsWith(1864, 1865).hasSize(36);
  }

  @Test
  void rowsOfATransposedTileAreColumnsOfTheView() {
    TensorFraming framing = new TensorFraming(60 * 80, 80, true, 64, 80);
    TileMap map = TileMap.of(framing, framing.tile(0), null, null);
    assertThat(map.isTransposed()).isTrue();
    assertThat(map.rows()).isEqualTo(80);
    assertThat(map.count(0)).isEqualTo(60);
    assertThat(map.index(3, 5)).isEqualTo(5 * 80 + 3);
    assertThat(row(map, counting(4800), 3)).startsWith(3, 83, 163).endsWith(59 * 80 + 3);
  }

  @Property(tries = 50)
  void whatIsReadIsWrittenWhereItWas(
      @ForAll @IntRange(min = 16, max = 90) int rows, @ForAll @IntRange(min = 48, max = 130) int columns,
      @ForAll boolean transposed) {
    int count = rows * columns;
    TensorFraming framing = new TensorFraming(count, columns, transposed, 48, 32);
    TensorElements elements = counting(count);
    float[] written = new float[count];
    Arrays.fill(written, -1);
    for (int tile = 0; tile < framing.tiles(); tile++) {
      TileMap map = TileMap.of(framing, framing.tile(tile), null, null);
      float[] all = new float[map.rows() * map.width()];
      for (int y = 0; y < map.rows(); y++) {
        float[] row = row(map, elements, y);
        System.arraycopy(row, 0, all, y * map.width(), row.length);
        for (int x = 0; x < row.length; x++) {
          assertThat(row[x]).isEqualTo(map.index(y, x));
        }
      }
      map.write(all, ValueSink.to(DType.F32, written, 0));
    }
    for (int i = 0; i < count; i++) {
      assertThat(written[i]).isEqualTo(i);
    }
  }

  @Test
  void classesPutRowsAndColumnsInAscendingOrder() {
    TensorFraming framing = new TensorFraming(3 * 48, 48, false, 48, 16);
    ScaleClasses rows = new ScaleClasses(new byte[] {12, 0, 6});
    byte[] columnClasses = new byte[48];
    columnClasses[0] = 6;
    TileMap map = TileMap.of(framing, framing.tile(0), rows, new ScaleClasses(columnClasses));
    assertThat(map.start(0)).isEqualTo(2 * 48);
    assertThat(map.start(1)).isZero();
    assertThat(map.start(2)).isEqualTo(48);
    assertThat(map.columnRanks(1)[0]).as("the one with the greater class comes last").isEqualTo(47);
    assertThat(map.columnRanks(1)[1]).isZero();
    float[] factors = new float[48];
    map.factors(0, factors);
    // 2^(-class / 6): 12 of the row, 6 more of the first column.
    assertThat(factors[0]).isEqualTo(0.125f);
    assertThat(factors[1]).isEqualTo(0.25f);
  }

  @Test
  void sharesOfClassesAddUpToOne() {
    TensorFraming framing = new TensorFraming(4 * 48, 48, false, 48, 16);
    ScaleClasses rows = new ScaleClasses(new byte[] {3, 3, 3, 0});
    double[] shares = TileMap.of(framing, framing.tile(0), rows, null).classShares();
    assertThat(shares[3]).isCloseTo(0.75, within(1e-9));
    assertThat(shares[0]).isCloseTo(0.25, within(1e-9));
    assertThat(TileMap.of(framing, framing.tile(0), null, null).classShares()[0]).isCloseTo(1, within(1e-9));
  }

  @Test
  void aMacroblockHasTheClassOfItsMeanSquaredFactor() {
    TensorFraming framing = new TensorFraming(16 * 48, 48, false, 48, 32);
    byte[] classes = new byte[48];
    Arrays.fill(classes, 16, 32, (byte) 6);
    Arrays.fill(classes, 32, 40, (byte) 12);
    Arrays.fill(classes, 40, 48, (byte) 12);
    TileMap map = TileMap.of(framing, framing.tile(0), null, new ScaleClasses(classes));
    // Columns are in order already; the lower row of macroblocks is padding.
    assertThat(map.macroblockClasses(9)).containsExactly(0, 6, 12, 9, 9, 9);
  }
}
