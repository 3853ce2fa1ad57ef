package llm265.dtype;

import static llm265.dtype.BlockDecoder.half;

/** The types for weights of two, three or four levels: a binary16 scale d times -1, 0, 1 or 2. */
final class TernaryBlocks {
  private static final int[] POWERS = {1, 3, 9, 27, 81};

  private TernaryBlocks() {}

  /** d, then a bit for each of 128 values, the lowest first: 1 is d, 0 is -d. */
  static void decodeQ10(byte[] bytes, int at, float[] values, int to) {
    int negated = Float.floatToRawIntBits(half(bytes, at)) ^ Integer.MIN_VALUE;
    for (int i = 0; i < 16; i++) {
      int eight = bytes[at + 2 + i];
      for (int bit = 0; bit < 8; bit++) {
        // Without a branch, as nobody can foretell the signs of weights.
        values[to + 8 * i + bit] = Float.intBitsToFloat(negated ^ ((eight << (31 - bit)) & Integer.MIN_VALUE));
      }
    }
  }

  /** d, then two bits for each of 64 values, the lowest first. */
  static void decodeQ20(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at);
    for (int i = 0; i < 64; i++) {
      values[to + i] = (((bytes[at + 2 + i / 4] >> i % 4 * 2) & 3) - 1) * d;
    }
  }

  /**
   * 48 bytes with five values each, 4 bytes with four, d. A byte is a fraction of 256: multiplied by 3, it carries one value out
   * after the other. The values of 32 bytes, of 16 and of 4 are interleaved.
   */
  static void decodeTq10(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at + 52);
    carryOut(bytes, at, 32, 5, d, values, to);
    carryOut(bytes, at + 32, 16, 5, d, values, to + 160);
    carryOut(bytes, at + 48, 4, 4, d, values, to + 240);
  }

  private static void carryOut(byte[] bytes, int at, int count, int perByte, float d, float[] values, int to) {
    for (int n = 0; n < perByte; n++) {
      for (int m = 0; m < count; m++) {
        int fraction = bytes[at + m] * POWERS[n] & 0xFF;
        values[to + n * count + m] = ((fraction * 3 >> 8) - 1) * d;
      }
    }
  }

  /** 64 bytes, of which two bits at a time belong to values 32 apart, and d. */
  static void decodeTq20(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at + 64);
    for (int block = 0; block < 8; block++) {
      int codes = at + 32 * (block / 4);
      int shift = block % 4 * 2;
      int first = to + 32 * block;
      for (int l = 0; l < 32; l++) {
        values[first + l] = (((bytes[codes + l] >> shift) & 3) - 1) * d;
      }
    }
  }
}
