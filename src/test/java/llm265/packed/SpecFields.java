package llm265.packed;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import llm265.dtype.DType;

/** Where ggml has the bits of each field of a block, code by code: the table of SPEC.md, told in another way than the codec's. */
final class SpecFields {
  /** @param bit the bit of the record that is bit k of code v */
  record Field(int codes, int bits, int block, int cellsOf, boolean isSigned, boolean isSignMagnitude, IntBinaryOperator bit) {}

  static final int STEPS = -2;
  static final int NONE = -1;

  private final List<Field> fields = new ArrayList<>();

  private SpecFields() {}

  static List<Field> of(DType type) {
    SpecFields all = new SpecFields();
    all.add(type);
    return all.fields;
  }

  private void plain(int codes, int bits, int block, int cellsOf, IntBinaryOperator bit) {
    fields.add(new Field(codes, bits, block, cellsOf, false, false, bit));
  }

  private void half(int at, boolean isSecond) {
    plain(1, 8, isSecond ? 1 : 32, isSecond ? 0 : NONE, (v, k) -> 8 * at + 8 + k);
    plain(1, 8, 32, NONE, (v, k) -> 8 * at + k);
  }

  private void codes(int bits, int codes, int block, IntBinaryOperator bit) {
    plain(codes, bits, block, STEPS, bit);
  }

  private void signMagnitude(int codes, int block, IntBinaryOperator bit) {
    fields.add(new Field(codes, 4, block, STEPS, false, true, bit));
  }

  private static int nibble(int at, int v, int k) {
    return 8 * (at + v % 16) + 4 * (v / 16) + k;
  }

  private static int pair(int at, int v, int k) {
    return 8 * (at + v / 128 * 32 + v % 32) + 2 * (v % 128 / 32) + k;
  }

  private static int largeNibble(int at, int v, int k) {
    return 8 * (at + v / 64 * 32 + v % 32) + 4 * (v % 64 / 32) + k;
  }

  private void add(DType type) {
    switch (type) {
      case Q4_0, IQ4_NL -> {
        half(0, false);
        codes(4, 32, 32, (v, k) -> nibble(2, v, k));
      }
      case Q4_1 -> {
        half(0, false);
        half(2, true);
        codes(4, 32, 32, (v, k) -> nibble(4, v, k));
      }
      case Q5_0 -> {
        half(0, false);
        codes(5, 32, 32, (v, k) -> k < 4 ? nibble(6, v, k) : 16 + v);
      }
      case Q5_1 -> {
        half(0, false);
        half(2, true);
        codes(5, 32, 32, (v, k) -> k < 4 ? nibble(8, v, k) : 32 + v);
      }
      case Q8_0 -> {
        half(0, false);
        fields.add(new Field(32, 8, 32, STEPS, true, false, (v, k) -> 16 + 8 * v + k));
      }
      case MXFP4 -> {
        plain(1, 8, 32, NONE, (v, k) -> k);
        signMagnitude(32, 32, (v, k) -> nibble(1, v, k));
      }
      case NVFP4 -> {
        plain(4, 8, 32, NONE, (v, k) -> 8 * v + k);
        signMagnitude(64, 16, (v, k) -> 8 * (4 + v / 16 * 8 + v % 8) + 4 * (v % 16 / 8) + k);
      }
      case Q1_0, Q2_0 -> bytes(0, 2, 16);
      case TQ1_0 -> bytes(52, 0, 52);
      case TQ2_0 -> bytes(64, 0, 64);
      default -> addLarge(type);
    }
  }

  private void bytes(int half, int at, int count) {
    half(half, false);
    codes(8, count, count, (v, k) -> 8 * (at + v) + k);
  }

  private void addLarge(DType type) {
    switch (type) {
      case Q2_K -> {
        half(80, false);
        half(82, true);
        plain(16, 4, 16, NONE, (v, k) -> 8 * v + k);
        plain(16, 4, 1, 4, (v, k) -> 8 * v + 4 + k);
        codes(2, 256, 16, (v, k) -> pair(16, v, k));
      }
      case Q3_K -> {
        half(108, false);
        plain(16, 6, 16, NONE,
            (v, k) -> k < 4 ? 8 * (96 + v % 8) + 4 * (v / 8) + k : 8 * (104 + v % 4) + 2 * (v / 4) + k - 4);
        codes(3, 256, 16, (v, k) -> k < 2 ? pair(32, v, k) : 8 * (v % 32) + v / 32);
      }
      case Q4_K, Q5_K -> {
        half(0, false);
        half(2, true);
        plain(8, 6, 8, NONE, (v, k) -> v < 4 ? 8 * (4 + v) + k : k < 4 ? 8 * (8 + v) + k : 8 * v + 6 + k - 4);
        plain(8, 6, 1, 4, (v, k) -> v < 4 ? 8 * (8 + v) + k : k < 4 ? 8 * (8 + v) + 4 + k : 8 * (4 + v) + 6 + k - 4);
        if (type == DType.Q4_K) {
          codes(4, 256, 32, (v, k) -> largeNibble(16, v, k));
        } else {
          codes(5, 256, 32, (v, k) -> k < 4 ? largeNibble(48, v, k) : 8 * (16 + v % 32) + v / 32);
        }
      }
      case Q6_K -> {
        half(208, false);
        fields.add(new Field(16, 8, 16, NONE, true, false, (v, k) -> 8 * (192 + v) + k));
        codes(6, 256, 16, (v, k) -> k < 4
            ? 8 * (v / 128 * 64 + v % 64) + 4 * (v % 128 / 64) + k
            : 8 * (128 + v / 128 * 32 + v % 32) + 2 * (v % 128 / 32) + k - 4);
      }
      default -> {
        half(0, false);
        plain(8, 6, 8, NONE, (v, k) -> k < 4 ? 8 * (4 + v / 2) + 4 * (v % 2) + k : 16 + 2 * v + k - 4);
        codes(4, 256, 32, (v, k) -> 8 * (8 + v / 32 * 16 + v % 16) + 4 * (v % 32 / 16) + k);
      }
    }
  }
}
