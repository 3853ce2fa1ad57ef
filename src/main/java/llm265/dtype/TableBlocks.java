package llm265.dtype;

import static llm265.dtype.BlockDecoder.half;

/** The types whose 4-bit codes are places in a table of 16 numbers: the two of ggml, and those with the numbers of E2M1. */
final class TableBlocks {
  private static final int[] NON_LINEAR = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

  /** Twice the numbers of E2M1; the scales are halved instead. */
  private static final int[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

  private static final int NV_BLOCKS = 4;
  /** NaN in E4M3; ggml has 0 for it. */
  private static final int NV_NAN = 0x7F;

  private TableBlocks() {}

  /** Low nibbles of some bytes are the first values, high nibbles the others. */
  private static void pairs(byte[] bytes, int at, int count, int[] table, float scale, float[] values, int to) {
    for (int j = 0; j < count; j++) {
      int pair = bytes[at + j];
      values[to + j] = scale * table[pair & 15];
      values[to + count + j] = scale * table[(pair >> 4) & 15];
    }
  }

  /** d, 16 bytes of codes. */
  static void decodeIq4Nl(byte[] bytes, int at, float[] values, int to) {
    pairs(bytes, at + 2, 16, NON_LINEAR, half(bytes, at), values, to);
  }

  /** d, 8 high pairs and 8 low nibbles of scales, 8 blocks of 16 bytes of codes. */
  static void decodeIq4Xs(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at);
    for (int block = 0; block < 8; block++) {
      int low = (bytes[at + 4 + block / 2] >> block % 2 * 4) & 15;
      int high = (bytes[at + 2 + block / 4] >> block % 4 * 2) & 3;
      pairs(bytes, at + 8 + 16 * block, 16, NON_LINEAR, d * ((low | (high << 4)) - 32), values, to + 32 * block);
    }
  }

  /** An exponent, 16 bytes of codes. */
  static void decodeMxFp4(byte[] bytes, int at, float[] values, int to) {
    int exponent = bytes[at] & 0xFF;
    // 2^(exponent - 128), of which the two least are subnormal.
    float scale = Float.intBitsToFloat(exponent < 2 ? 0x20_0000 << exponent : (exponent - 1) << 23);
    pairs(bytes, at + 1, 16, E2M1, scale, values, to);
  }

  /** 4 scales in E4M3 whose sign is not read, 4 blocks of 8 bytes of codes. */
  static void decodeNvFp4(byte[] bytes, int at, float[] values, int to) {
    for (int block = 0; block < NV_BLOCKS; block++) {
      float scale = halvedE4m3(bytes[at + block] & 0xFF);
      pairs(bytes, at + NV_BLOCKS + 8 * block, 8, E2M1, scale, values, to + 16 * block);
    }
  }

  private static float halvedE4m3(int code) {
    if (code == NV_NAN) {
      return 0;
    }
    int exponent = (code >> 3) & 15;
    int mantissa = code & 7;
    return exponent == 0 ? mantissa * 0x1p-10f : Math.scalb(1 + mantissa / 8f, exponent - 8);
  }
}
