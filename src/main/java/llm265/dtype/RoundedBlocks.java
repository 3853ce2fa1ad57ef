package llm265.dtype;

import static llm265.dtype.BlockDecoder.half;
import static llm265.dtype.BlockDecoder.word;

/**
 * The types with 32 values in a block and a uniform grid: a binary16 scale d times an integer, plus a binary16 minimum m in those
 * that end in {@code _1}. The low nibbles of 16 bytes are the first 16 values, the high nibbles the others. A fifth bit of all
 * values lies in 32 bits before them.
 */
final class RoundedBlocks {
  private static final int HALF = 16;

  private RoundedBlocks() {}

  static void decodeQ40(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at);
    for (int j = 0; j < HALF; j++) {
      int pair = bytes[at + 2 + j];
      values[to + j] = ((pair & 15) - 8) * d;
      values[to + HALF + j] = (((pair >> 4) & 15) - 8) * d;
    }
  }

  static void decodeQ41(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at);
    float m = half(bytes, at + 2);
    for (int j = 0; j < HALF; j++) {
      int pair = bytes[at + 4 + j];
      values[to + j] = (pair & 15) * d + m;
      values[to + HALF + j] = ((pair >> 4) & 15) * d + m;
    }
  }

  static void decodeQ50(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at);
    int fifth = word(bytes, at + 2);
    for (int j = 0; j < HALF; j++) {
      int pair = bytes[at + 6 + j];
      values[to + j] = (low(pair, fifth, j) - 16) * d;
      values[to + HALF + j] = (high(pair, fifth, j) - 16) * d;
    }
  }

  static void decodeQ51(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at);
    float m = half(bytes, at + 2);
    int fifth = word(bytes, at + 4);
    for (int j = 0; j < HALF; j++) {
      int pair = bytes[at + 8 + j];
      values[to + j] = low(pair, fifth, j) * d + m;
      values[to + HALF + j] = high(pair, fifth, j) * d + m;
    }
  }

  static void decodeQ80(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at);
    for (int j = 0; j < 2 * HALF; j++) {
      values[to + j] = bytes[at + 2 + j] * d;
    }
  }

  /** The code of value j: a low nibble, and bit j of the fifth bits. */
  private static int low(int pair, int fifth, int j) {
    return pair & 15 | (((fifth >>> j) & 1) << 4);
  }

  /** The code of value 16 + j. */
  private static int high(int pair, int fifth, int j) {
    return ((pair >> 4) & 15) | (((fifth >>> (j + HALF)) & 1) << 4);
  }
}
