package llm265.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TensorFramingTest {
  @Provide
  Arbitrary<long[]> shapes() {
    return Arbitraries.longs().between(0, 60).array(long[].class).ofMinSize(0).ofMaxSize(3);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void everyValueLiesInExactlyOneTile(@ForAll("shapes") long[] shape) {
    assertCovers(TensorFraming.of(shape));
  }

  @Property(tries = 200)
  void everyValueLiesInExactlyOneTileOfAnyFraming(
      @ForAll @IntRange(max = 20_000) int values,
      @ForAll @IntRange(min = 1, max = 400) int columns,
      @ForAll @IntRange(min = 3, max = 8) int widthInMbs,
      @ForAll @IntRange(min = 1, max = 8) int heightInMbs) {
    assertCovers(new TensorFraming(values, columns, false, 16 * widthInMbs, 16 * heightInMbs));
  }

  private static void assertCovers(TensorFraming framing) {
    BitSet seen = new BitSet();
    long found = 0;
    for (int t = 0; t < framing.tiles(); t++) {
      TensorFraming.Tile tile = framing.tile(t);
      int inTile = 0;
      for (int y = 0; y < framing.tileHeight(); y++) {
        int count = framing.valuesInRow(tile, y);
        assertThat(count).isBetween(0, framing.tileWidth());
        for (int x = 0; x < count; x++) {
          int index = (int) (framing.firstValue(tile, y) + x * framing.stride());
          assertThat(seen.get(index)).isFalse();
          seen.set(index);
        }
        inTile += count;
      }
      assertThat(framing.valuesIn(tile)).isEqualTo(inTile);
      found += inTile;
    }
    assertThat(found).isEqualTo(framing.values());
    assertThat(seen.length()).isEqualTo((int) framing.values());
  }

  @Test
  void matrixKeepsItsRowsAndColumns() {
    TensorFraming framing = TensorFraming.of(2048, 128);

    assertThat(framing.viewColumns()).isEqualTo(128);
    assertThat(framing.tiles()).isEqualTo(1);
    assertThat(framing.tileWidth()).isEqualTo(128);
    assertThat(framing.tileHeight()).isEqualTo(2048);
  }

  @Test
  void convolutionIsSplitWhereBothSidesAreWide() {
    assertThat(TensorFraming.of(256, 64, 3, 3).viewColumns()).isEqualTo(576);
    assertThat(TensorFraming.of(8, 16, 300).viewColumns()).isEqualTo(300);
  }

  @Test
  void thinTensorsAreLaidOutFlatWithLittlePadding() {
    for (long[] shape : new long[][] {{1, 10_000}, {10_000, 1}, {10_000}, {65, 129}, {5000, 17}, {4096}, {2, 3_000_001}}) {
      TensorFraming framing = TensorFraming.of(shape);

      assertThat(framing.codedSamples() / framing.values()).isLessThan(1.1);
      assertThat(framing.viewColumns() % 16).isZero();
    }
  }

  @Test
  void largeMatrixIsCutIntoTilesOfAboutAMillionSamples() {
    TensorFraming framing = TensorFraming.of(4096, 11_008);

    assertThat(framing.tileColumns()).isEqualTo(3);
    assertThat((long) framing.tileWidth() * framing.tileHeight()).isBetween(900_000L, 1L << 20);
    assertThat(framing.codedSamples() / framing.values()).isLessThan(1.02);
  }

  @Test
  void pictureSizesThatHardwareRefusesAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TensorFraming(100, 100, false, 32, 16));
    assertThatIllegalArgumentException().isThrownBy(() -> new TensorFraming(100, 100, false, 4112, 16));
    assertThatIllegalArgumentException().isThrownBy(() -> new TensorFraming(100, 100, false, 4096, 4096));
    assertThatIllegalArgumentException().isThrownBy(() -> new TensorFraming(100, 100, false, 50, 16));
    assertThatIllegalArgumentException().isThrownBy(() -> new TensorFraming(Long.MAX_VALUE, 1, false, 48, 16));
  }

  @Property(tries = 200)
  void everyValueLiesInExactlyOneTileOfATransposedView(
      @ForAll @IntRange(min = 1, max = 90) int rows,
      @ForAll @IntRange(min = 1, max = 200) int columns,
      @ForAll @IntRange(min = 3, max = 8) int widthInMbs,
      @ForAll @IntRange(min = 1, max = 8) int heightInMbs) {
    assertCovers(new TensorFraming((long) rows * columns, columns, true, 16 * widthInMbs, 16 * heightInMbs));
  }

  @Test
  void viewsWithAPartialRowAreNotTransposed() {
    assertThat(new TensorFraming(100, 30, false, 48, 16).transpose()).isNull();
    assertThatIllegalArgumentException().isThrownBy(() -> new TensorFraming(100, 30, true, 48, 16));
    TensorFraming framing = TensorFraming.of(200, 300).transpose();
    assertThat(framing.rows()).isEqualTo(300);
    assertThat(framing.columns()).isEqualTo(200);
  }

  @Test
  void bandsHoldTheRowsOfTheView() {
    for (boolean transposed : new boolean[] {false, true}) {
      TensorFraming framing = new TensorFraming(1000 * 900, 900, transposed, 256, 128);
      BitSet tiles = new BitSet();
      for (int band = 0; band < framing.bands(); band++) {
        for (int i = 0; i < framing.tilesInBand(); i++) {
          TensorFraming.Tile tile = framing.tile(framing.tileOfBand(band, i));
          tiles.set(tile.number());
          long firstRow = framing.firstValue(tile, 0) / framing.viewColumns();
          assertThat(firstRow).isEqualTo((long) band * framing.bandRows());
        }
      }
      assertThat(tiles.cardinality()).isEqualTo(framing.tiles());
    }
  }
}
