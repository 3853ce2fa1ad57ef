package llm265.tensor.reconstruct;

import llm265.tensor.format.TensorHeader;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.Rotation;
import llm265.tensor.values.ValueSink;

/**
 * A tile whose levels are dequantized, all rows of it: what comes after that is the same however they were coded. SPEC.md, "From
 * samples to values".
 *
 * @param rows its values, row by row
 * @param apart distance of a row from the one before it
 */
public record DequantizedTile(TensorHeader header, float[] rows, int apart) {

  /** Takes a rotation and the factors of channels back, rounds, and hands over. Changes the rows. */
  public void finish(TileMap map, OutlierList outliers, int columns, ValueSink sink) {
    int width = header.framing().tileWidth();
    Rotation rotation = header.transforms().rotation();
    if (rotation != null) {
      unrotate(rotation, rows, apart, columns, outliers, width);
    }
    ValueReconstructor values = new ValueReconstructor(header.dtype(), header.transforms().channels());
    for (int y = 0; y < map.rows(); y++) {
      values.finish(map, y, rows, y * apart);
    }
    map.write(rows, apart, sink);
    if (rotation == null) {
      replaceExact(map, width, outliers, sink);
    }
  }

  /**
   * Takes a rotation back.
   *
   * @param apart distance of rows that lie below each other
   * @param outliers of the rotated plane
   * @param width of the tile
   */
  public static void unrotate(Rotation rotation, float[] rows, int apart, int columns, OutlierList outliers, int width) {
    for (int i = 0; i < outliers.size(); i++) {
      int position = outliers.position(i);
      rows[position / width * apart + position % width] = Float.intBitsToFloat((int) outliers.bits(i));
    }
    rotation.inverse(rows, apart, columns);
  }

  /**
   * Puts the values that are kept exactly in the place of others.
   *
   * @param width of the tile
   */
  public static void replaceExact(TileMap map, int width, OutlierList outliers, ValueSink sink) {
    for (int i = 0; i < outliers.size(); i++) {
      int position = outliers.position(i);
      sink.exact(map.index(position / width, position % width), outliers.bits(i));
    }
  }
}
