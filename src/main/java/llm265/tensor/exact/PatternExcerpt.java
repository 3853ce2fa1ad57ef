package llm265.tensor.exact;

import java.util.Arrays;
import llm265.tensor.tools.ExactPlane;

/** Patterns of some rows of macroblocks. */
final class PatternExcerpt {
  final int columns;
  final int pieces;
  private final long[] patterns;
  private final int[] counts;
  private int values;

  /** Room for rows of macroblocks of {@code columns} values. */
  PatternExcerpt(int columns, int pieces) {
    this.columns = columns;
    this.pieces = pieces;
    patterns = new long[pieces * 16 * columns];
    counts = new int[pieces * 16];
  }

  void put(int row, long[] source, int count) {
    System.arraycopy(source, 0, patterns, row * columns, count);
    counts[row] = count;
    values += count;
  }

  int values() {
    return values;
  }

  int count(int row) {
    return counts[row];
  }

  /** The pattern in a row. */
  long pattern(int row, int x) {
    return patterns[row * columns + x];
  }

  /** All patterns, row by row. */
  long[] all() {
    long[] all = new long[values];
    int at = 0;
    for (int row = 0; row < counts.length; row++) {
      System.arraycopy(patterns, row * columns, all, at, counts[row]);
      at += counts[row];
    }
    return all;
  }

  /** Symbols of a row of a plane's symbols, whose {@code plane.rows()} rows of values follow each other. */
  void cells(int row, ExactPlane plane, short[] table, short[] cells) {
    Arrays.fill(cells, (short) 0);
    int first = row * plane.rows();
    int bits = Long.bitCount(plane.mask());
    for (int part = 0; part < plane.rows(); part++) {
      for (int x = 0; x < counts[first + part]; x++) {
        cells[x] |= (short) (Long.compress(patterns[(first + part) * columns + x], plane.mask()) << part * bits);
      }
    }
    for (int x = 0; x < columns; x++) {
      cells[x] = x < counts[first] ? table[cells[x]] : (short) ExactPlane.sampleOfRank(0);
    }
  }
}
