package llm265.dtype;

import static llm265.dtype.BlockDecoder.half;

/**
 * The types with 256 values in a block, of which 16 or 32 at a time share a scale that is itself a small integer: a value is
 * (d sc) q, or (d sc) q - (dmin m) where there are minima. As in ggml, products with the scale come first.
 */
final class SuperBlocks {
  private static final int VALUES = 256;
  /** Values whose bits lie in the same bytes, and which are decoded together. */
  private static final int HALF = 128;

  private SuperBlocks() {}

  /** 16 bytes of scales and minima, 64 of codes, d, dmin. Of a byte, two bits at a time belong to values 32 apart. */
  static void decodeQ2K(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at + 80);
    float dmin = half(bytes, at + 82);
    for (int block = 0; block < 16; block++) {
      int packed = bytes[at + block] & 0xFF;
      float scale = d * (packed & 15);
      float minimum = dmin * (packed >> 4);
      int codes = at + 16 + 32 * (block / 8) + 16 * (block % 2);
      int shift = block / 2 % 4 * 2;
      int first = to + 16 * block;
      for (int l = 0; l < 16; l++) {
        values[first + l] = scale * ((bytes[codes + l] >> shift) & 3) - minimum;
      }
    }
  }

  /** 32 bytes of third bits, 64 of codes as in Q2_K, 12 of scales, d. A third bit of 0 takes 4 away. */
  static void decodeQ3K(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at + 108);
    for (int block = 0; block < 16; block++) {
      int low = (bytes[at + 96 + block % 8] >> block / 8 * 4) & 15;
      int high = (bytes[at + 104 + block % 4] >> block / 4 * 2) & 3;
      float scale = d * ((low | (high << 4)) - 32);
      int thirds = at + 16 * (block % 2);
      int codes = at + 32 + 32 * (block / 8) + 16 * (block % 2);
      int shift = block / 2 % 4 * 2;
      int bit = block / 2;
      int first = to + 16 * block;
      for (int l = 0; l < 16; l++) {
        values[first + l] = scale * (((bytes[codes + l] >> shift) & 3) - 4 + ((bytes[thirds + l] >> bit) & 1) * 4);
      }
    }
  }

  /** d, dmin, 12 bytes of scales and minima, 128 of codes: low nibbles are 32 values, high nibbles the next 32. */
  static void decodeQ4K(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at);
    float dmin = half(bytes, at + 2);
    for (int block = 0; block < 8; block++) {
      float scale = d * scale(bytes, at + 4, block);
      float minimum = dmin * minimum(bytes, at + 4, block);
      int codes = at + 16 + 32 * (block / 2);
      int shift = block % 2 * 4;
      int first = to + 32 * block;
      for (int l = 0; l < 32; l++) {
        values[first + l] = scale * ((bytes[codes + l] >> shift) & 15) - minimum;
      }
    }
  }

  /** As Q4_K, with 32 bytes of fifth bits before the codes: bit i of them is that of block i. */
  static void decodeQ5K(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at);
    float dmin = half(bytes, at + 2);
    for (int block = 0; block < 8; block++) {
      float scale = d * scale(bytes, at + 4, block);
      float minimum = dmin * minimum(bytes, at + 4, block);
      int codes = at + 48 + 32 * (block / 2);
      int shift = block % 2 * 4;
      int first = to + 32 * block;
      for (int l = 0; l < 32; l++) {
        int code = ((bytes[codes + l] >> shift) & 15) + ((bytes[at + 16 + l] >> block) & 1) * 16;
        values[first + l] = scale * code - minimum;
      }
    }
  }

  /** Scales have 6 bits. Those of blocks 4 to 7 have their low four in the last bytes and their high two in the first. */
  private static int scale(byte[] bytes, int at, int block) {
    return block < 4 ? bytes[at + block] & 63 : bytes[at + block + 4] & 15 | ((bytes[at + block - 4] & 0xC0) >> 2);
  }

  private static int minimum(byte[] bytes, int at, int block) {
    return block < 4 ? bytes[at + block + 4] & 63 : ((bytes[at + block + 4] >> 4) & 15) | ((bytes[at + block] & 0xC0) >> 2);
  }

  /** 128 bytes of low nibbles, 64 of high bits, 16 signed scales, d. */
  static void decodeQ6K(byte[] bytes, int at, float[] values, int to) {
    float d = half(bytes, at + 208);
    for (int block = 0; block < VALUES / 16; block++) {
      float scale = d * bytes[at + 192 + block];
      int inHalf = 16 * block % HALF;
      int low = at + 64 * (block / 8) + inHalf % 64;
      int lowShift = inHalf / 64 * 4;
      int high = at + 128 + 32 * (block / 8) + inHalf % 32;
      int highShift = inHalf / 32 * 2;
      int first = to + 16 * block;
      for (int l = 0; l < 16; l++) {
        int code = ((bytes[low + l] >> lowShift) & 15) | (((bytes[high + l] >> highShift) & 3) << 4);
        values[first + l] = scale * (code - 32);
      }
    }
  }
}
