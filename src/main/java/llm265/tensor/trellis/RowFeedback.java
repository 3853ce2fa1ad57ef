package llm265.tensor.trellis;

import java.util.Arrays;
import llm265.tensor.feedback.BlockFeedback;
import llm265.tensor.feedback.FeedbackFactor;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.ChunkKernels;
import llm265.trinity.Laws;
import llm265.trinity.Trellis;

/**
 * Searches the levels of a tile without pictures a block of inputs after the other, and makes later ones take up its errors. A
 * chunk is as long as without: its search goes on from segment to segment, each of which ends with a block. Used by one thread
 * at a time.
 */
final class RowFeedback {
  private static final int LANES = ChunkKernels.LANES;
  private static final int BAND = FeedbackFactor.BAND;

  private final BlockFeedback feedback;
  private final int rows;
  private final int columns;
  private final int block;
  private final int mbWidth;
  private final float centre;
  private final double unit;
  private final double bound;
  /** By row and column: whether a value is kept exactly, and has no level. */
  private final boolean[] isExact;
  /** By macroblock, row and column. */
  private final float[] fed;
  private final float[] differences;

  /**
   * Begins with a tile.
   *
   * @param values {@code rows x columns}; those that are kept exactly are the centre
   * @param isExact which ones are
   * @param point with the gain that the tile will have
   */
  RowFeedback(
      FeedbackFactor factor, float[] values, boolean[] isExact, int rows, int columns, float centre, TrellisPoint point) {
    this.rows = rows;
    this.columns = columns;
    this.centre = centre;
    this.isExact = isExact;
    unit = point.step() * point.gain();
    bound = point.bound();
    block = factor.block();
    mbWidth = Math.ceilDiv(columns, BAND);
    feedback = new BlockFeedback(factor, mbWidth);
    fed = new float[256 * mbWidth * Math.ceilDiv(rows, BAND)];
    differences = new float[256 * mbWidth];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x += BAND) {
        System.arraycopy(values, y * columns + x, fed, place(y, x), Math.min(BAND, columns - x));
      }
    }
  }

  private int place(int y, int x) {
    return 256 * (y / BAND * mbWidth + x / BAND) + BAND * (y % BAND) + x % BAND;
  }

  /**
   * Searches the levels of a chunk. All chunks of the tile are searched one after the other.
   *
   * @param values of the tile, from {@code from} on; they become what the search sees
   * @param levels receives those of the chunk, from {@code from} on
   * @param classes of the chunk; null for one class
   */
  void search(
      ChunkEncoder encoder, float[] values, float[] levels, int from, int steps, ChunkEncoder.Quantizer quantizer,
      Trellis trellis, Laws laws, byte[] classes) {
    encoder.begin(classes);
    int end = from + steps * LANES;
    int blockValues = block * columns;
    for (int at = from; at < end;) {
      int number = at / blockValues;
      if (at == number * blockValues) {
        begin(number, values);
      }
      boolean isLast = (number + 1) * block >= rows;
      int blockEnd = isLast ? (rows * columns + LANES - 1) / LANES * LANES : (number + 1) * blockValues;
      int to = Math.min(end, blockEnd);
      encoder.searchNext(values, at, (to - at) / LANES, quantizer, trellis, laws);
      encoder.levelsOfLast((to - at) / LANES, levels, at);
      if (to == blockEnd) {
        end(number, levels);
      }
      at = to;
    }
  }

  /** Values that have left the reach of levels come back, and what lacks is an error. */
  private void begin(int number, float[] values) {
    int first = number * block;
    for (int y = first; y < Math.min(first + block, rows); y++) {
      for (int x = 0; x < columns; x += BAND) {
        int count = Math.min(BAND, columns - x);
        int place = place(y, x);
        int at = y * columns + x;
        for (int i = 0; i < count; i++) {
          float value = isExact[at + i] ? centre : fed[place + i];
          differences[place % differences.length + i] = value;
          values[at + i] = (float) Math.clamp(value, centre - bound, centre + bound);
        }
      }
    }
  }

  private void end(int number, float[] levels) {
    int first = number * block;
    for (int y = first; y < Math.min(first + block, rows); y++) {
      for (int x = 0; x < columns; x += BAND) {
        int count = Math.min(BAND, columns - x);
        int difference = place(y, x) % differences.length;
        int at = y * columns + x;
        for (int i = 0; i < count; i++) {
          float decoded = (float) (centre + unit * levels[at + i]);
          differences[difference + i] = isExact[at + i] ? 0 : differences[difference + i] - decoded;
        }
      }
    }
    for (int y = Math.min(first + block, rows); y < first + block; y++) {
      for (int mb = 0; mb < mbWidth; mb++) {
        int padding = place(y, BAND * mb) % differences.length;
        Arrays.fill(differences, padding, padding + BAND, 0);
      }
    }
    feedback.take(number, fed, differences);
  }

  /** The squared error of the outputs, summed over them. */
  double squaredError() {
    return feedback.squaredError();
  }
}
