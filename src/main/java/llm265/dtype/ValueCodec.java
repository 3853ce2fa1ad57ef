package llm265.dtype;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Reads tensor data as Java floats and doubles, and writes floats as tensor data, a run of values at a time. */
public final class ValueCodec {
  /** Values of block types that become doubles at once: whole blocks of every type. */
  private static final int PIECE = 4096;

  private ValueCodec() {}

  /**
   * Reads values as floats: exactly from types of 16 bits or fewer and from F32, otherwise to nearest. Values of block types are
   * floats, computed as ggml does it.
   *
   * @param type any readable type; {@link DType#BOOL} gives 0 and 1
   * @param data little-endian values
   * @param first index in {@code data} of the first value read
   * @param values receives them at {@code offset}
   * @param count number of values
   * @throws IllegalArgumentException if the type is opaque
   * @throws IndexOutOfBoundsException if the run is not inside both
   */
  public static void read(DType type, MemorySegment data, long first, float[] values, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, values.length);
    switch (type) {
      case F32 -> MemorySegment.copy(data, LittleEndian.FLOAT, 4 * first, values, offset, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          values[offset + i] = Float.float16ToFloat(data.get(LittleEndian.SHORT, 2 * (first + i)));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          values[offset + i] = HalfFloats.bf16ToFloat(data.get(LittleEndian.SHORT, 2 * (first + i)));
        }
      }
      default -> {
        if (type.kind() == DType.Kind.BLOCK) {
          BlockValues.read(type, data, first, values, offset, count);
          return;
        }
        for (int i = 0; i < count; i++) {
          values[offset + i] = toFloat(type, data, first + i);
        }
      }
    }
  }

  /**
   * Reads values as doubles: exactly, except for integers of 64 bits beyond 2^53.
   *
   * @see #read(DType, MemorySegment, long, float[], int, int)
   */
  public static void read(DType type, MemorySegment data, long first, double[] values, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, values.length);
    if (type.kind() == DType.Kind.BLOCK) {
      readBlocks(type, data, first, values, offset, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      values[offset + i] = toDouble(type, data, first + i);
    }
  }

  private static void readBlocks(DType type, MemorySegment data, long first, double[] values, int offset, int count) {
    float[] floats = new float[Math.min(count, PIECE)];
    for (int done = 0; done < count; done += PIECE) {
      int piece = Math.min(PIECE, count - done);
      BlockValues.read(type, data, first + done, floats, 0, piece);
      for (int i = 0; i < piece; i++) {
        values[offset + done + i] = floats[i];
      }
    }
  }

  private static float toFloat(DType type, MemorySegment data, long index) {
    return switch (type) {
      // Through double, a 64-bit integer would be rounded twice.
      case I64 -> data.get(LittleEndian.LONG, 8 * index);
      case U64 -> unsignedToFloat(data.get(LittleEndian.LONG, 8 * index));
      default -> (float) toDouble(type, data, index);
    };
  }

  private static double toDouble(DType type, MemorySegment data, long index) {
    return switch (type) {
      case F64 -> data.get(LittleEndian.DOUBLE, 8 * index);
      case F32 -> data.get(LittleEndian.FLOAT, 4 * index);
      case F16 -> Float.float16ToFloat(data.get(LittleEndian.SHORT, 2 * index));
      case BF16 -> HalfFloats.bf16ToFloat(data.get(LittleEndian.SHORT, 2 * index));
      case F8_E4M3 -> Float8.e4m3ToFloat(data.get(LittleEndian.BYTE, index));
      case F8_E5M2 -> Float8.e5m2ToFloat(data.get(LittleEndian.BYTE, index));
      case BOOL -> data.get(LittleEndian.BYTE, index) == 0 ? 0 : 1;
      case I8 -> data.get(LittleEndian.BYTE, index);
      case U8 -> data.get(LittleEndian.BYTE, index) & 0xFF;
      case I16 -> data.get(LittleEndian.SHORT, 2 * index);
      case U16 -> data.get(LittleEndian.SHORT, 2 * index) & 0xFFFF;
      case I32 -> data.get(LittleEndian.INT, 4 * index);
      case U32 -> data.get(LittleEndian.INT, 4 * index) & 0xFFFF_FFFFL;
      case I64 -> data.get(LittleEndian.LONG, 8 * index);
      case U64 -> unsignedToDouble(data.get(LittleEndian.LONG, 8 * index));
      default -> throw new IllegalArgumentException("values of type " + type + " are not interpreted");
    };
  }

  private static double unsignedToDouble(long bits) {
    // Halved with the lost bit kept sticky, so that doubling rounds as the whole number would.
    return bits >= 0 ? bits : 2.0 * ((bits >>> 1) | bits & 1);
  }

  private static float unsignedToFloat(long bits) {
    return bits >= 0 ? bits : 2f * ((bits >>> 1) | bits & 1);
  }

  /**
   * Writes floats as values of a floating-point type, to nearest with ties to even.
   *
   * @param type a type for which {@link DType#isFloat()} holds
   * @param data receives little-endian values
   * @param first index in {@code data} of the first value written
   * @param values floats at {@code offset}
   * @param count number of values
   * @throws IllegalArgumentException if the type is not a floating-point type
   * @throws IndexOutOfBoundsException if the run is not inside both
   */
  public static void write(DType type, MemorySegment data, long first, float[] values, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, values.length);
    switch (type) {
      case F32 -> MemorySegment.copy(values, offset, data, LittleEndian.FLOAT, 4 * first, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          data.set(LittleEndian.DOUBLE, 8 * (first + i), values[offset + i]);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          data.set(LittleEndian.SHORT, 2 * (first + i), Float.floatToFloat16(values[offset + i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          data.set(LittleEndian.SHORT, 2 * (first + i), HalfFloats.floatToBf16(values[offset + i]));
        }
      }
      case F8_E4M3 -> {
        for (int i = 0; i < count; i++) {
          data.set(LittleEndian.BYTE, first + i, Float8.floatToE4m3(values[offset + i]));
        }
      }
      case F8_E5M2 -> {
        for (int i = 0; i < count; i++) {
          data.set(LittleEndian.BYTE, first + i, Float8.floatToE5m2(values[offset + i]));
        }
      }
      default -> throw new IllegalArgumentException("floats cannot be written as " + type);
    }
  }
}
