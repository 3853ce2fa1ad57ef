package llm265.tensor.encode;

import java.util.Arrays;
import llm265.tensor.TensorFraming;
import llm265.tensor.reconstruct.ClassMap;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueRow;

/**
 * An excerpt of whole columns of a plane, in runs of 16 that are spread evenly: for planes whose rows are of different kinds.
 */
final class PickedColumns extends TileMap {
  private static final int RUN = 16;

  /** First column of each run. */
  private final int[] picks;

  private PickedColumns(int width, int height, long[] first, int[] counts, ClassMap classes, int[] picks) {
    super(width, height, first, counts, 1, classes);
    this.picks = picks;
  }

  /**
   * Picks columns of a plane whose tiles hold whole columns.
   *
   * @param wanted approximate number of columns
   */
  static PickedColumns of(TensorFraming framing, int wanted, ScaleClasses rows, ScaleClasses columns) {
    int all = (int) framing.columns() / RUN;
    int runs = Math.clamp(wanted / RUN, Math.min(3, all), all);
    int[] picks = new int[runs];
    byte[] classes = new byte[RUN * runs];
    for (int i = 0; i < runs; i++) {
      picks[i] = (int) ((2L * i + 1) * all / (2L * runs)) * RUN;
      for (int x = 0; columns != null && x < RUN; x++) {
        classes[RUN * i + x] = (byte) columns.of(picks[i] + x);
      }
    }
    int n = (int) framing.rows();
    long[] first = new long[n];
    Arrays.setAll(first, y -> y * framing.columns());
    int[] counts = new int[n];
    Arrays.fill(counts, RUN * runs);
    int width = Math.max(TensorFraming.MIN_TILE_WIDTH, RUN * runs);
    ClassMap map = ClassMap.of(rows, columns == null ? null : new ScaleClasses(classes), n);
    return new PickedColumns(width, (n + 15) / 16 * 16, first, counts, map, picks);
  }

  @Override
  public long index(int y, int x) {
    return super.index(y, 0) + picks[x / RUN] + x % RUN;
  }

  @Override
  public void read(TensorElements elements, int y, ValueRow row) {
    float[] values = row.renew();
    for (int x = 0; x < count(y); x += RUN) {
      elements.read(index(y, x), values, x, RUN);
    }
  }
}
