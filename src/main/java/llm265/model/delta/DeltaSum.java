package llm265.model.delta;

import java.lang.foreign.MemorySegment;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;

/** Values as sums of the base's values and of what a lossy stream has. SPEC.md, "Sums". */
final class DeltaSum {
  private static final int BLOCK = 1 << 14;

  private static final float GREATEST_FLOAT16 = 65_504f;

  /** The greatest BF16. */
  private static final float GREATEST_BFLOAT16 = Float.intBitsToFloat(0x7F7F_0000);

  private DeltaSum() {}

  /** The type in which something is added to values of a type that has samples. */
  static DType differenceType(DType type) {
    return type == DType.F64 ? DType.F64 : DType.F32;
  }

  /**
   * What must be added to a base's values.
   *
   * @param type of the base's values and of the tensor's
   * @param differences receives them in {@link #differenceType}
   * @return whether the sum can be right: not so where the difference of two finite values is too large
   */
  static boolean differences(DType type, MemorySegment base, MemorySegment values, MemorySegment differences) {
    return type == DType.F64
        ? wideDifferences(base, values, differences)
        : narrowDifferences(type, base, values, differences);
  }

  private static boolean narrowDifferences(
      DType type, MemorySegment base, MemorySegment values, MemorySegment differences) {
    boolean isRight = true;
    float[] from = new float[BLOCK];
    float[] to = new float[BLOCK];
    int count = count(type, values);
    for (int first = 0; first < count; first += BLOCK) {
      int some = Math.min(BLOCK, count - first);
      ValueCodec.read(type, base, first, from, 0, some);
      ValueCodec.read(type, values, first, to, 0, some);
      for (int i = 0; i < some; i++) {
        if (Float.isFinite(to[i])) {
          to[i] -= Float.isFinite(from[i]) ? from[i] : 0;
          isRight &= Float.isFinite(to[i]);
        }
      }
      ValueCodec.write(DType.F32, differences, first, to, 0, some);
    }
    return isRight;
  }

  private static boolean wideDifferences(MemorySegment base, MemorySegment values, MemorySegment differences) {
    boolean isRight = true;
    double[] from = new double[BLOCK];
    double[] to = new double[BLOCK];
    int count = count(DType.F64, values);
    for (int first = 0; first < count; first += BLOCK) {
      int some = Math.min(BLOCK, count - first);
      ValueCodec.read(DType.F64, base, first, from, 0, some);
      ValueCodec.read(DType.F64, values, first, to, 0, some);
      for (int i = 0; i < some; i++) {
        if (Double.isFinite(to[i])) {
          to[i] -= Double.isFinite(from[i]) ? from[i] : 0;
          isRight &= Double.isFinite(to[i]);
        }
      }
      put(to, first, some, differences);
    }
    return isRight;
  }

  /** Adds differences to a base's values. */
  static void add(DType type, MemorySegment base, MemorySegment differences, MemorySegment values) {
    if (type == DType.F64) {
      addWide(base, differences, values);
      return;
    }
    float greatest = type == DType.F16 ? GREATEST_FLOAT16 : type == DType.BF16 ? GREATEST_BFLOAT16 : Float.MAX_VALUE;
    float[] from = new float[BLOCK];
    float[] sum = new float[BLOCK];
    int count = count(type, values);
    for (int first = 0; first < count; first += BLOCK) {
      int some = Math.min(BLOCK, count - first);
      ValueCodec.read(type, base, first, from, 0, some);
      ValueCodec.read(DType.F32, differences, first, sum, 0, some);
      for (int i = 0; i < some; i++) {
        // A difference that is not finite is the value, bit for bit.
        if (Float.isFinite(sum[i])) {
          float value = sum[i] + (Float.isFinite(from[i]) ? from[i] : 0);
          sum[i] = Math.clamp(value, -greatest, greatest);
        }
      }
      ValueCodec.write(type, values, first, sum, 0, some);
    }
  }

  private static void addWide(MemorySegment base, MemorySegment differences, MemorySegment values) {
    double[] from = new double[BLOCK];
    double[] sum = new double[BLOCK];
    int count = count(DType.F64, values);
    for (int first = 0; first < count; first += BLOCK) {
      int some = Math.min(BLOCK, count - first);
      ValueCodec.read(DType.F64, base, first, from, 0, some);
      ValueCodec.read(DType.F64, differences, first, sum, 0, some);
      for (int i = 0; i < some; i++) {
        if (Double.isFinite(sum[i])) {
          double value = sum[i] + (Double.isFinite(from[i]) ? from[i] : 0);
          sum[i] = Math.clamp(value, -Double.MAX_VALUE, Double.MAX_VALUE);
        }
      }
      put(sum, first, some, values);
    }
  }

  private static void put(double[] values, int first, int count, MemorySegment data) {
    long[] patterns = new long[count];
    for (int i = 0; i < count; i++) {
      patterns[i] = Double.doubleToRawLongBits(values[i]);
    }
    OrderedPatterns.writeBits(Double.SIZE, patterns, 0, count, data.asSlice(8L * first, 8L * count));
  }

  private static int count(DType type, MemorySegment values) {
    return Math.toIntExact(values.byteSize() / type.byteSize(1));
  }
}
