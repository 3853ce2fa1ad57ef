package llm265.data;

import llm265.data.symbol.DataKernels;

/** Words of single values, and values of words. SPEC.md, "Blocks of data". */
final class Transform {
  private Transform() {}

  /** The word of a value of some bits, which are those below any others. */
  static long word(long value, int transform, int bits) {
    long sign = (value >>> (bits - 1)) & 1;
    long word = switch (transform) {
      case DataKernels.ROTATED -> (value << 1) | sign;
      case DataKernels.ZIGZAG -> (value << 1) ^ -sign;
      default -> value;
    };
    return word & (-1L >>> (64 - bits));
  }

  /** The value of a word of 64 bits. */
  static long value(long word, int transform) {
    return switch (transform) {
      case DataKernels.ROTATED -> (word >>> 1) | (word << 63);
      case DataKernels.ZIGZAG -> (word >>> 1) ^ -(word & 1);
      default -> word;
    };
  }
}
