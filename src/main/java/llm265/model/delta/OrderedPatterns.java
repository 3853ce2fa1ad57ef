package llm265.model.delta;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import llm265.dtype.DType;

/**
 * Bit patterns as integers in the order of the values that they stand for, so that near values have near integers. SPEC.md,
 * "Ranges of exact deltas".
 *
 * <p>A pattern of a floating-point type is a sign and a magnitude: its integer is the magnitude with that sign. Zero with a minus
 * becomes the least integer, which no magnitude reaches, so that patterns and integers are one to one, and low bits that are 0 in
 * all patterns are so in all integers. Patterns of other types are integers in two's complement already.
 */
final class OrderedPatterns {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private OrderedPatterns() {}

  /** Whether values of a type fill 1, 2, 4 or 8 bytes each, and are numbers. */
  static boolean isPossible(DType type) {
    return switch (type.kind()) {
      case FLOAT, SIGNED, UNSIGNED, BOOLEAN -> type.bits() >= Byte.SIZE;
      case BLOCK, OPAQUE -> false;
    };
  }

  /** The least integer of a width in bits: zero with a minus. */
  static long least(int bits) {
    return -1L << (bits - 1);
  }

  /** Integers of values of a type. */
  static long[] read(DType type, MemorySegment data) {
    int bits = type.bits();
    long[] integers = new long[(int) (data.byteSize() * 8 / bits)];
    switch (bits) {
      case 8 -> {
        for (int i = 0; i < integers.length; i++) {
          integers[i] = data.get(ValueLayout.JAVA_BYTE, i);
        }
      }
      case 16 -> {
        for (int i = 0; i < integers.length; i++) {
          integers[i] = data.get(SHORT, 2L * i);
        }
      }
      case 32 -> {
        for (int i = 0; i < integers.length; i++) {
          integers[i] = data.get(INT, 4L * i);
        }
      }
      default -> {
        for (int i = 0; i < integers.length; i++) {
          integers[i] = data.get(LONG, 8L * i);
        }
      }
    }
    if (type.isFloat()) {
      exchange(integers, bits);
    }
    return integers;
  }

  /** Writes values of integers, of which only the lowest bits count; changes the array. */
  static void write(DType type, long[] integers, MemorySegment data) {
    int bits = type.bits();
    if (type.isFloat()) {
      for (int i = 0; i < integers.length; i++) {
        integers[i] = integers[i] << (64 - bits) >> (64 - bits);
      }
      exchange(integers, bits);
    }
    writeBits(bits, integers, 0, integers.length, data);
  }

  /** Writes the lowest bits of some integers, one behind the other. */
  static void writeBits(int bits, long[] integers, int from, int count, MemorySegment data) {
    switch (bits) {
      case 8 -> {
        for (int i = 0; i < count; i++) {
          data.set(ValueLayout.JAVA_BYTE, i, (byte) integers[from + i]);
        }
      }
      case 16 -> {
        for (int i = 0; i < count; i++) {
          data.set(SHORT, 2L * i, (short) integers[from + i]);
        }
      }
      case 32 -> {
        for (int i = 0; i < count; i++) {
          data.set(INT, 4L * i, (int) integers[from + i]);
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          data.set(LONG, 8L * i, integers[from + i]);
        }
      }
    }
  }

  /** Patterns with their signs extended become integers, and integers patterns: the same both ways. */
  private static void exchange(long[] numbers, int bits) {
    long least = least(bits);
    for (int i = 0; i < numbers.length; i++) {
      long number = numbers[i];
      numbers[i] = number >= 0 || number == least ? number : least - number;
    }
  }
}
