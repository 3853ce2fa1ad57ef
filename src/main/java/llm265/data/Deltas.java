package llm265.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Differences of values to those some places before them, and back, modulo 2 to the power of their bits. */
final class Deltas {
  private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Deltas() {}

  /** Replaces values by differences, the last one first. */
  static void take(byte[] values, int width, int count, int distance) {
    int back = width * distance;
    for (int i = width * (count - 1); i >= back; i -= width) {
      switch (width) {
        case 1 -> values[i] -= values[i - back];
        case 2 -> SHORTS.set(values, i, (short) ((short) SHORTS.get(values, i) - (short) SHORTS.get(values, i - back)));
        case 4 -> INTS.set(values, i, (int) INTS.get(values, i) - (int) INTS.get(values, i - back));
        default -> LONGS.set(values, i, (long) LONGS.get(values, i) - (long) LONGS.get(values, i - back));
      }
    }
  }

  /** Replaces differences by values. */
  static void undo(byte[] values, int width, int count, int distance) {
    int back = width * distance;
    for (int i = back; i < width * count; i += width) {
      switch (width) {
        case 1 -> values[i] += values[i - back];
        case 2 -> SHORTS.set(values, i, (short) ((short) SHORTS.get(values, i) + (short) SHORTS.get(values, i - back)));
        case 4 -> INTS.set(values, i, (int) INTS.get(values, i) + (int) INTS.get(values, i - back));
        default -> LONGS.set(values, i, (long) LONGS.get(values, i) + (long) LONGS.get(values, i - back));
      }
    }
  }
}
