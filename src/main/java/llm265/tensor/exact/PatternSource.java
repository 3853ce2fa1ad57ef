package llm265.tensor.exact;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ExactValues;
import llm265.tensor.tools.Prediction;
import llm265.tensor.tools.RowPredictor;
import llm265.tensor.values.BitPatterns;

/** Reads the patterns of a tensor's values as their bits are kept: as they are, folded, or less what is predicted. */
final class PatternSource {
  /** Number of values that are read at a time. */
  private static final int BLOCK = 1 << 16;

  /** Rows before those of an excerpt, from which they are predicted. */
  private static final int ROWS_BEFORE = 4;

  private final TensorView tensor;
  private final TensorFraming framing;
  private final int width;
  private final boolean folded;
  private final Prediction prediction;

  /** @param prediction null for none */
  PatternSource(TensorView tensor, TensorFraming framing, boolean folded, Prediction prediction) {
    this.tensor = tensor;
    this.framing = framing;
    this.folded = folded;
    this.prediction = prediction;
    width = tensor.dtype().bits();
  }

  /** The pattern of the first value; 0 if there is none. */
  long first() {
    long[] patterns = new long[1];
    if (framing.values() > 0) {
      BitPatterns.read(tensor.data(), width, 0, patterns, 1);
    }
    return patterns[0];
  }

  @FunctionalInterface
  interface Block {
    void take(long[] patterns, int count);
  }

  @FunctionalInterface
  interface Row {
    /** Receives the patterns of row {@code y} of a tile. */
    void take(TensorFraming.Tile tile, int y, long[] patterns, int count);
  }

  /** Reads the tensor in rows of tiles, on several threads; each thread has its own result. */
  <T> List<T> readRows(Workers workers, Supplier<T> results, Function<T, Row> work) {
    int runs = Math.min(framing.tiles(), 4 * workers.threads());
    List<T> all = new ArrayList<>();
    workers.forEachInOrder(runs, run -> {
      T result = results.get();
      Row row = work.apply(result);
      long[] patterns = new long[framing.tileWidth()];
      RowPredictor predictor = predictor();
      for (int i = run; i < framing.tiles(); i += runs) {
        readTile(framing.tile(i), predictor, patterns, row);
      }
      return result;
    }, (run, result) -> all.add(result));
    return all;
  }

  /** Reads the tensor in blocks of any kind, on several threads; each thread has its own result. */
  <T> List<T> read(Workers workers, Supplier<T> results, Function<T, Block> work) {
    if (prediction != null) {
      return readRows(workers, results, result -> {
        Block block = work.apply(result);
        return (tile, y, patterns, count) -> block.take(patterns, count);
      });
    }
    int blocks = Math.toIntExact(Math.ceilDiv(framing.values(), BLOCK));
    int runs = Math.min(blocks, 4 * workers.threads());
    List<T> all = new ArrayList<>();
    workers.forEachInOrder(runs, run -> {
      T result = results.get();
      Block block = work.apply(result);
      long[] patterns = new long[BLOCK];
      for (int i = run; i < blocks; i += runs) {
        long first = (long) i * BLOCK;
        int count = (int) Math.min(BLOCK, framing.values() - first);
        readFolded(first, patterns, count);
        block.take(patterns, count);
      }
      return result;
    }, (run, result) -> all.add(result));
    return all;
  }

  private RowPredictor predictor() {
    return prediction == null ? null : new RowPredictor(prediction, width, framing.tileWidth());
  }

  private void readTile(TensorFraming.Tile tile, RowPredictor predictor, long[] patterns, Row row) {
    if (predictor != null) {
      predictor.begin(tile.columns());
    }
    for (int y = 0; y < tile.rows(); y++) {
      int count = framing.valuesInRow(tile, y);
      readFolded(framing.firstValue(tile, y), patterns, count);
      if (predictor != null) {
        predictor.predict(patterns, count);
      }
      row.take(tile, y, patterns, count);
    }
  }

  private void readFolded(long first, long[] patterns, int count) {
    BitPatterns.read(tensor.data(), width, first, patterns, count);
    for (int i = 0; folded && i < count; i++) {
      patterns[i] = ExactValues.fold(patterns[i], width);
    }
  }

  /** Patterns of rows of macroblocks spread over the tensor, about {@code values} of them. */
  PatternExcerpt excerpt(int values) {
    int columns = framing.tileWidth();
    int rowsInTile = framing.tileHeight() / 16;
    long all = (long) framing.tiles() * rowsInTile;
    int pieces = (int) Math.clamp(values / (16 * columns), Math.min(2, all), all);
    PatternExcerpt excerpt = new PatternExcerpt(columns, pieces);
    RowPredictor predictor = predictor();
    long[] row = new long[columns];
    for (int piece = 0; piece < pieces; piece++) {
      long place = all * piece / pieces;
      TensorFraming.Tile tile = framing.tile((int) (place / rowsInTile));
      int first = (int) (place % rowsInTile) * 16;
      if (predictor != null) {
        predictor.begin(tile.columns());
      }
      for (int y = predictor == null ? first : Math.max(0, first - ROWS_BEFORE); y < first + 16; y++) {
        int count = framing.valuesInRow(tile, y);
        readFolded(count == 0 ? 0 : framing.firstValue(tile, y), row, count);
        if (predictor != null) {
          predictor.predict(row, count);
        }
        if (y >= first) {
          excerpt.put(16 * piece + y - first, row, count);
        }
      }
    }
    return excerpt;
  }
}
