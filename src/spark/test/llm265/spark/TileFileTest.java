package llm265.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.tensor.format.CodedTile;
import org.junit.jupiter.api.Test;

class TileFileTest {
  private static final List<CodedTile> TILES = List.of(
      new CodedTile(new byte[] {1, 2}, new byte[] {3}, new byte[][] {{4, 5}, {}}, new CodedTile.Error(0.1, 1e300, 7)),
      new CodedTile(null, new byte[0], new byte[][] {{6}}, new CodedTile.Error(-0.0, Double.MIN_VALUE, Long.MAX_VALUE)));

  private static byte[] written() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TileFile.write(TILES, bytes);
    return bytes.toByteArray();
  }

  private static List<CodedTile> read(byte[] bytes) throws IOException {
    List<CodedTile> tiles = new ArrayList<>();
    TileFile.read(new ByteArrayInputStream(bytes), TILES.size(), tiles::add);
    return tiles;
  }

  @Test
  void tilesComeBackAsTheyWere() throws IOException {
    List<CodedTile> tiles = read(written());
    assertThat(tiles).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(tiles.get(i).parameterSets()).isEqualTo(TILES.get(i).parameterSets());
      assertThat(tiles.get(i).sections()).isEqualTo(TILES.get(i).sections());
      assertThat(tiles.get(i).pictures()).isDeepEqualTo(TILES.get(i).pictures());
      assertThat(tiles.get(i).error()).isEqualTo(TILES.get(i).error());
    }
  }

  @Test
  void everyFlippedBitAndEveryCutIsFound() throws IOException {
    byte[] bytes = written();
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> read(damaged)).as("bit " + bit).isInstanceOf(IOException.class);
    }
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
    }
  }
}
