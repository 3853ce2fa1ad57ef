package llm265.view;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.tools.SignPatterns;

/** What belongs to single values though the stream says it of rows, columns and blocks: scales, sign patterns. */
final class TileLayers {
  private final TensorHeader header;
  private final TensorFraming framing;
  /** The side information of each tile; null where there is none. */
  private final List<SideInformation> tiles;

  TileLayers(TensorHeader header, List<SideInformation> tiles) {
    this.header = header;
    framing = header.framing();
    this.tiles = tiles;
  }

  boolean hasScales() {
    return header.transforms().columnClasses() != null || header.transforms().rowClasses();
  }

  boolean hasSigns() {
    return tiles.stream().anyMatch(information -> information != null && information.signs() != null);
  }

  /** The factors of levels, f32, 1 where there is none, of values from {@code first} on. */
  byte[] scales(long first, int count) {
    ByteBuffer out = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      out.putFloat(4 * i, 1);
    }
    ScaleClasses columns = header.transforms().columnClasses();
    each(first, count, (information, tile, y, x, sample, at) -> {
      int sum = (information.rowClasses() == null ? 0 : information.rowClasses().of(y))
          + (columns == null ? 0 : columns.of((int) tile.firstColumn() + x));
      out.putFloat(4 * at, ScaleClasses.factor(sum));
    });
    return out.array();
  }

  /** The sign patterns of the 8x8 blocks that hold values, u8. */
  byte[] signs(long first, int count) {
    byte[] out = new byte[count];
    int width = framing.tileWidth();
    each(first, count, (information, tile, y, x, sample, at) -> {
      SignPatterns signs = information.signs();
      if (signs != null) {
        int row = sample / width;
        int column = sample % width;
        int mbAddr = (row >> 4) * (width >> 4) + (column >> 4);
        out[at] = (byte) signs.of(4 * mbAddr + ((row >> 3) & 1) * 2 + ((column >> 3) & 1));
      }
    });
    return out;
  }

  /** Receives a value of a tile: its place in the tile, its sample, and its number in the range. */
  private interface Place {
    void at(SideInformation information, TensorFraming.Tile tile, int y, int x, int sample, int number);
  }

  private void each(long first, int count, Place place) {
    for (int number = 0; number < tiles.size(); number++) {
      SideInformation information = tiles.get(number);
      TensorFraming.Tile tile = framing.tile(number);
      if (information == null || !touches(tile, first, count)) {
        continue;
      }
      TileMap map = TileMap.of(framing, tile, information.rowClasses(), header.transforms().columnClasses());
      for (int y = 0; y < map.rows(); y++) {
        int[] ranks = map.columnRanks(y);
        for (int x = 0; x < map.count(y); x++) {
          long at = map.index(y, x) - first;
          if (at >= 0 && at < count) {
            place.at(information, tile, y, x, map.start(y) + (ranks == null ? x : ranks[x]), (int) at);
          }
        }
      }
    }
  }

  /** Whether a tile has rows of the view that are in the range. */
  private boolean touches(TensorFraming.Tile tile, long first, int count) {
    long row = framing.transposed() ? tile.firstColumn() : tile.firstRow();
    long rows = framing.transposed() ? tile.columns() : tile.rows();
    return row * framing.viewColumns() < first + count && (row + rows) * framing.viewColumns() > first;
  }
}
