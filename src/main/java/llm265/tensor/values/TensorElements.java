package llm265.tensor.values;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import llm265.dtype.DType;
import llm265.dtype.HalfFloats;
import llm265.dtype.LittleEndian;
import llm265.dtype.ValueCodec;
import llm265.tensor.ElementType;

/**
 * The values of a tensor in memory, read and written as floats or as patterns. Only for types that samples can stand for.
 *
 * <p>Thread-safe as long as no two threads touch the same value.
 */
public class TensorElements {
  /** From this magnitude on, the arithmetic of the sample quantizer or of the reconstruction could overflow. */
  public static final float GREATEST_CODED_MAGNITUDE = 0x1p126f;

  private static final float GREATEST_FLOAT16 = 65_504f;
  private static final float GREATEST_BFLOAT16 = Float.intBitsToFloat(0x7F7F_0000);

  private final DType type;
  private final MemorySegment data;
  /** The values, if an array has them as floats, from {@link #arrayOffset} on; otherwise null. */
  private final float[] array;
  private final int arrayOffset;

  /**
   * @param data little-endian values, row-major
   * @throws IllegalArgumentException if samples cannot stand for values of the type
   */
  public TensorElements(DType type, MemorySegment data) {
    ElementType.of(type);
    this.type = type;
    this.data = data;
    boolean isArray = type == DType.F32 && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
        && data.heapBase().orElse(null) instanceof float[] && data.address() % Float.BYTES == 0;
    array = isArray ? (float[]) data.heapBase().get() : null;
    arrayOffset = isArray ? (int) (data.address() / Float.BYTES) : 0;
  }

  /** The same values, for a class that reads them in another way. */
  public TensorElements(TensorElements other) {
    type = other.type;
    data = other.data;
    array = null;
    arrayOffset = 0;
  }

  public DType type() {
    return type;
  }

  /** Approximate number of bits of an outlier's value: sign, mantissa, and an exponent that is mostly the least of all. */
  public double outlierBits() {
    return ElementType.of(type).mantissaBits() + 2.3;
  }

  /** Reads values; if the count is 0, {@code first} may be any index. */
  public void read(long first, float[] values, int offset, int count) {
    if (count == 0) {
      return;
    }
    ValueCodec.read(type, data, first, values, offset, count);
  }

  /** Reads values for reading only: without a copy if they are floats already. */
  public final void read(long first, int count, ValueRow row) {
    if (array != null) {
      row.attach(array, arrayOffset + (int) first);
    } else {
      read(first, row.renew(), 0, count);
    }
  }

  /** The bit pattern of a value, in the low bits. */
  public long bits(long index) {
    return switch (type) {
      case F64 -> data.get(LittleEndian.LONG, 8 * index);
      case F32 -> data.get(LittleEndian.INT, 4 * index) & 0xFFFF_FFFFL;
      default -> data.get(LittleEndian.SHORT, 2 * index) & 0xFFFFL;
    };
  }

  /** The value of the tensor that was read as a float; the two may differ only for F64. */
  public final double exact(long index, float read) {
    return type == DType.F64 ? data.get(LittleEndian.DOUBLE, 8 * index) : read;
  }

  /** Sum of the squared errors of reading values as floats; values too large for a float are left out. */
  public double readingError(long first, int count) {
    double sum = 0;
    for (long i = first; type == DType.F64 && i < first + count; i++) {
      double value = data.get(LittleEndian.DOUBLE, 8 * i);
      double error = value - (float) value;
      sum += Double.isFinite(error) ? error * error : 0;
    }
    return sum;
  }

  void setBits(long index, long bits) {
    switch (type) {
      case F64 -> data.set(LittleEndian.LONG, 8 * index, bits);
      case F32 -> data.set(LittleEndian.INT, 4 * index, (int) bits);
      default -> data.set(LittleEndian.SHORT, 2 * index, (short) bits);
    }
  }

  /** The value of a bit pattern. */
  static float toFloat(DType type, long bits) {
    return switch (type) {
      case F64 -> (float) Double.longBitsToDouble(bits);
      case F32 -> Float.intBitsToFloat((int) bits);
      case F16 -> HalfFloats.f16ToFloat((short) bits);
      case BF16 -> HalfFloats.bf16ToFloat((short) bits);
      default -> throw new IllegalArgumentException("values of type " + type + " are not coded");
    };
  }

  /** Stores values that {@link #round} has rounded. */
  public void write(long first, float[] values, int offset, int count) {
    ValueCodec.write(type, data, first, values, offset, count);
  }

  /**
   * Rounds values in place to a type: to nearest, ties to even, and never to infinity. A value beyond the greatest finite one
   * of 16 bits becomes that one.
   */
  public static void round(DType type, float[] values, int offset, int count) {
    switch (type) {
      case F16 -> {
        for (int i = offset; i < offset + count; i++) {
          float value = Math.clamp(values[i], -GREATEST_FLOAT16, GREATEST_FLOAT16);
          values[i] = Float.float16ToFloat(Float.floatToFloat16(value));
        }
      }
      case BF16 -> {
        for (int i = offset; i < offset + count; i++) {
          int pattern = Float.floatToRawIntBits(Math.clamp(values[i], -GREATEST_BFLOAT16, GREATEST_BFLOAT16));
          values[i] = Float.intBitsToFloat((pattern + 0x7FFF + ((pattern >>> 16) & 1)) & 0xFFFF_0000);
        }
      }
      default -> { }
    }
  }
}
