package llm265.tensor.encode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import llm265.tensor.TensorFraming;
import llm265.tensor.reconstruct.ClassMap;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.ScaleClasses;

/**
 * Which macroblocks of a tensor's pictures form an excerpt: pieces of rows of macroblocks, spread evenly, so that a few of
 * them represent the whole. One picture holds them all, one piece in each of its rows of macroblocks.
 */
final class ExcerptRows {
  /**
   * Number of columns of a piece: few, so that there are pieces in many places, but enough that most macroblocks have a left
   * neighbour.
   */
  private static final int PIECE = 256;

  /**
   * Number of pieces that lie below each other. With more of them, fewer macroblocks lack neighbours, but they represent fewer
   * places.
   */
  private static final int LEAST_RUN = 4;

  private static final int GREATEST_RUN = PIECE / 16;
  private static final int LEAST_RUNS = 8;

  private final TensorFraming framing;
  private final ScaleClasses rows;
  private final ScaleClasses columns;
  private final int width;
  private final int pieces;

  /**
   * Pieces of a plane.
   *
   * @param values approximate number of values of the excerpt
   * @param rows scale classes of the plane's rows, by which they are sorted; null if they are not sorted
   * @param columns scale classes of its columns, or null
   */
  ExcerptRows(TensorFraming framing, int values, ScaleClasses rows, ScaleClasses columns) {
    this.framing = framing;
    this.rows = rows;
    this.columns = columns;
    // Sorted columns have their places in a whole row.
    width = columns != null ? framing.tileWidth() : Math.min(PIECE, framing.tileWidth());
    long all = (long) framing.tiles() * (framing.tileHeight() / 16);
    pieces = (int) Math.clamp(values / (16L * width), 1, all);
  }

  /**
   * One row of macroblocks of a tile.
   *
   * @param tile its tile
   * @param scale scale class of a row in its middle
   * @param lines the tile's rows in it; rows after the tile's last one are padding
   */
  private record Place(TensorFraming.Tile tile, int scale, int[] lines) {}

  /**
   * Picks macroblocks as they are coded.
   *
   * @param neighbours whether values depend on those above them, so that pieces must lie below each other
   */
  TileMap map(boolean neighbours) {
    int run = neighbours ? Math.clamp(pieces / LEAST_RUNS, LEAST_RUN, GREATEST_RUN) : 1;
    return rows == null ? map(inOrder(run), run) : map(byScale(), 1);
  }

  private List<Place> inOrder(int run) {
    int rowsInTile = framing.tileHeight() / 16;
    long all = (long) framing.tiles() * rowsInTile;
    int runs = Math.ceilDiv(pieces, run);
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < pieces; i++) {
      long start = Math.min((2L * (i / run) + 1) * all / (2L * runs) / run * run, Math.max(0, all - run));
      long row = Math.min(start + i % run, all - 1);
      int[] lines = new int[16];
      for (int y = 0; y < 16; y++) {
        lines[y] = (int) (row % rowsInTile) * 16 + y;
      }
      places.add(new Place(framing.tile((int) (row / rowsInTile)), 0, lines));
    }
    return places;
  }

  /** Rows of macroblocks as they are after the rows of each tile are sorted, spread evenly over the scales of all. */
  private List<Place> byScale() {
    List<Place> all = new ArrayList<>();
    for (int t = 0; t < framing.tiles(); t++) {
      TensorFraming.Tile tile = framing.tile(t);
      int[] ranks = rows.range((int) tile.firstRow(), (int) tile.firstRow() + tile.rows()).ranks();
      int[] byRank = new int[ranks.length];
      for (int line = 0; line < ranks.length; line++) {
        byRank[ranks[line]] = line;
      }
      for (int rank = 0; rank < byRank.length; rank += 16) {
        int[] lines = new int[16];
        for (int y = 0; y < 16; y++) {
          lines[y] = rank + y < byRank.length ? byRank[rank + y] : framing.tileHeight();
        }
        int middle = byRank[Math.min(rank + 8, byRank.length - 1)];
        all.add(new Place(tile, rows.of((int) tile.firstRow() + middle), lines));
      }
    }
    all.sort(Comparator.comparingInt(Place::scale));
    int n = Math.min(pieces, all.size());
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      // Alternately at a quarter and at three quarters of a stratum, so that neither side has the larger scales.
      places.add(all.get((int) ((4L * i + (i % 2 == 0 ? 1 : 3)) * all.size() / (4L * n))));
    }
    return places;
  }

  private TileMap map(List<Place> places, int run) {
    int n = 16 * places.size();
    long[] first = new long[n];
    int[] counts = new int[n];
    int[] tileColumns = new int[n];
    int[] classes = rows == null ? null : new int[n];
    for (int y = 0; y < n; y++) {
      Place place = places.get(y >> 4);
      TensorFraming.Tile tile = place.tile;
      int line = place.lines[y & 15];
      int from = firstColumn(y / 16 / run, tile);
      counts[y] = Math.clamp(framing.valuesInRow(tile, line) - from, 0, width);
      first[y] = counts[y] == 0 ? 0 : framing.firstValue(tile, line) + from * framing.stride();
      tileColumns[y] = (int) (tile.number() % framing.tileColumns());
      if (rows != null && counts[y] > 0) {
        classes[y] = rows.of((int) tile.firstRow() + line);
      }
    }
    return new TileMap(
        width, n, first, counts, framing.stride(), ClassMap.ofSpreadRows(framing, classes, columns, tileColumns));
  }

  /** The pieces of one tile take different columns in turn. */
  private int firstColumn(int piece, TensorFraming.Tile tile) {
    int most = Math.max(0, tile.columns() - width) / 16;
    // Multiples of the golden section, in 2^-16, are spread evenly, however many there are.
    return 16 * (int) ((piece * 40_503L & 0xFFFF) * (most + 1) >> 16);
  }
}
