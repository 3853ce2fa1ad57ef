package llm265.tensor.values;

import java.lang.foreign.MemorySegment;
import llm265.dtype.LittleEndian;

/** The patterns of values: 8, 16, 32 or 64 bits, in the low bits of a long. */
public final class BitPatterns {
  private BitPatterns() {}

  /** Reads the patterns of values, little-endian, from index {@code first} on. */
  public static void read(MemorySegment data, int width, long first, long[] patterns, int count) {
    switch (width) {
      case 8 -> {
        for (int i = 0; i < count; i++) {
          patterns[i] = data.get(LittleEndian.BYTE, first + i) & 0xFFL;
        }
      }
      case 16 -> {
        for (int i = 0; i < count; i++) {
          patterns[i] = data.get(LittleEndian.SHORT, 2 * (first + i)) & 0xFFFFL;
        }
      }
      case 32 -> {
        for (int i = 0; i < count; i++) {
          patterns[i] = data.get(LittleEndian.INT, 4 * (first + i)) & 0xFFFF_FFFFL;
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          patterns[i] = data.get(LittleEndian.LONG, 8 * (first + i));
        }
      }
    }
  }

  /** Writes patterns as values, little-endian, from byte 0 on. */
  public static void write(long[] patterns, int count, int width, byte[] values) {
    int at = 0;
    for (int i = 0; i < count; i++) {
      for (int shift = 0; shift < width; shift += 8) {
        values[at++] = (byte) (patterns[i] >>> shift);
      }
    }
  }
}
