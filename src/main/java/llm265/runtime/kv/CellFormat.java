package llm265.runtime.kv;

import llm265.dtype.DType;
import llm265.trinity.Trellis;

/**
 * What all cells of a sequence share that are of one kind.
 *
 * @param channels of a token: heads of the cell times their dimension
 * @param dtype of values
 * @param trellis of the quantizer
 * @param hasPictures whether coefficients are coded as pictures; without them, as chunks
 */
public record CellFormat(int channels, DType dtype, Trellis trellis, boolean hasPictures) {
  /** Values of a chunk at most; the last one of a cell takes the rest. */
  static final int CHUNK = 1 << 16;

  /** Kinds of bodies: the low three bits of the first byte. */
  static final int TRELLIS = 0;
  static final int RANGE = 1;
  static final int BLOCKS = 2;
  static final int PICTURES = 3;
  static final int RAW = 4;

  static final int KIND_MASK = 7;

  /** Bits of the first byte above the kind. */
  static final int FAMILY_SHIFT = 3;
  static final int ROWS_FLAG = 1 << 5;
  static final int EXACT_FLAG = 1 << 6;
  static final int WIDE_FLAG = 1 << 7;

  /** What the gain's byte is added to; together in 1,024ths. */
  static final int LEAST_GAIN = 896;

  static final int GAIN_UNIT = 1024;

  /** Units of the cell's shift. */
  static final int SHIFT_UNITS = 8;

  /** Greatest difference of a row's class from that of the cell. */
  static final int MOST_ROW = 31;

  /** Greatest magnitude of a level in steps. */
  static final float GREATEST_LEVEL = 120_000;

  /** Bits of a level of the last resort at most. */
  static final int MOST_RANGE_BITS = 16;

  /** Values of so many tokens. */
  int values(int tokens) {
    return Math.multiplyExact(tokens, channels);
  }

  /** Bytes of so many tokens as they are. */
  public int rawBytes(int tokens) {
    return (int) dtype.byteSize(values(tokens));
  }

  /** Steps of 16 values of a chunk that begins at a value. */
  static int chunkSteps(int from, int values) {
    return Math.ceilDiv(Math.min(CHUNK, values - from), 16);
  }
}
