package llm265.tensor.values;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import llm265.dtype.LittleEndian;

/** The patterns of values: 8, 16, 32 or 64 bits, in the low bits of a long. */
public final class BitPatterns {
  private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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
    switch (width) {
      case 8 -> {
        for (int i = 0; i < count; i++) {
          values[i] = (byte) patterns[i];
        }
      }
      case 16 -> {
        for (int i = 0; i < count; i++) {
          SHORTS.set(values, 2 * i, (short) patterns[i]);
        }
      }
      case 32 -> {
        for (int i = 0; i < count; i++) {
          INTS.set(values, 4 * i, (int) patterns[i]);
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          LONGS.set(values, 8 * i, patterns[i]);
        }
      }
    }
  }
}
