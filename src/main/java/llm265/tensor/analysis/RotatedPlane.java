package llm265.tensor.analysis;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import llm265.dtype.DType;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.Rotation;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueRow;

/** A tensor's plane in memory outside of the heap, row by row, with its columns rotated. */
public final class RotatedPlane {
  /** Number of rows or columns of an excerpt that a thread takes at a time. */
  private static final int LINES = 32;

  private final TensorElements elements;
  private final TensorFraming framing;
  private final Workers workers;

  /** @param framing framing whose tiles hold whole columns */
  public RotatedPlane(TensorElements elements, TensorFraming framing, Workers workers) {
    this.elements = elements;
    this.framing = framing;
    this.workers = workers;
  }

  public TensorFraming framing() {
    return framing;
  }

  /**
   * Some columns of the plane, spread evenly, one after the other; values beyond the range are cut to its limit.
   *
   * @param values greatest number of values
   */
  public float[] sample(int values, SampleRange range) {
    int rows = (int) framing.rows();
    int count = (int) Math.clamp(values / rows, 1, framing.columns());
    float[] sample = new float[count * rows];
    float limit = (float) Math.min(range.limit() + Math.abs(range.centre()), Float.MAX_VALUE);
    int lines = framing.transposed() ? count : rows;
    workers.forEachInOrder(
        Math.ceilDiv(lines, LINES),
        block -> {
          int from = block * LINES;
          int to = Math.min(lines, from + LINES);
          if (framing.transposed()) {
            readColumns(sample, count, from, to);
            clamp(sample, from * rows, to * rows, limit);
          } else {
            readRows(sample, count, from, to);
            for (int i = 0; i < count; i++) {
              clamp(sample, i * rows + from, i * rows + to, limit);
            }
          }
          return true;
        },
        (block, done) -> { });
    return sample;
  }

  private void readColumns(float[] sample, int count, int from, int to) {
    int rows = (int) framing.rows();
    for (int i = from; i < to; i++) {
      elements.read(i * framing.columns() / count * rows, sample, i * rows, rows);
    }
  }

  private void readRows(float[] sample, int count, int from, int to) {
    int rows = (int) framing.rows();
    float[] row = new float[(int) framing.columns()];
    for (int y = from; y < to; y++) {
      elements.read(y * framing.columns(), row, 0, row.length);
      for (int i = 0; i < count; i++) {
        sample[i * rows + y] = row[(int) (i * framing.columns() / count)];
      }
    }
  }

  private static void clamp(float[] sample, int from, int to, float limit) {
    for (int i = from; i < to; i++) {
      sample[i] = Math.clamp(sample[i], -limit, limit);
    }
  }

  /** The plane with its columns rotated, as values of type F32, in the memory of an arena that any thread may use. */
  public TensorElements rotated(Rotation rotation, Arena arena) {
    MemorySegment plane = arena.allocate(4 * framing.values(), 4);
    TensorElements result = new TensorElements(DType.F32, plane);
    int width = framing.tileWidth();
    workers.forEachInOrder(
        framing.tiles(),
        number -> {
          TensorFraming.Tile tile = framing.tile(number);
          TileMap map = TileMap.of(framing, tile, null, null);
          float[] rows = new float[tile.rows() * width];
          ValueRow row = new ValueRow(width);
          for (int y = 0; y < tile.rows(); y++) {
            map.read(elements, y, row);
            System.arraycopy(row.array(), row.offset(), rows, y * width, map.count(y));
          }
          rotation.forward(rows, width, tile.columns());
          for (int y = 0; y < tile.rows(); y++) {
            result.write(y * framing.columns() + tile.firstColumn(), rows, y * width, tile.columns());
          }
          return true;
        },
        (number, done) -> { });
    return result;
  }
}
