package llm265.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.Shape;

/**
 * NumPy's name of a type: a byte order ({@code <}, {@code >}, or {@code |} for none), a kind, and bytes per value.
 *
 * @param dtype the corresponding type here
 * @param bigEndian whether values are stored most significant byte first
 */
record NpyType(DType dtype, boolean bigEndian) {

  /** @throws ModelFormatException if the type has no counterpart here */
  static NpyType parse(Path path, String descr) {
    boolean hasOrder = !descr.isEmpty() && "<>|=".indexOf(descr.charAt(0)) >= 0;
    char order = hasOrder ? descr.charAt(0) : '=';
    String type = descr.substring(hasOrder ? 1 : 0);
    DType dtype = switch (type) {
      case "f2" -> DType.F16;
      case "f4" -> DType.F32;
      case "f8" -> DType.F64;
      case "i1" -> DType.I8;
      case "i2" -> DType.I16;
      case "i4" -> DType.I32;
      case "i8" -> DType.I64;
      case "u1" -> DType.U8;
      case "u2" -> DType.U16;
      case "u4" -> DType.U32;
      case "u8" -> DType.U64;
      case "b1" -> DType.BOOL;
      case "c8" -> DType.C64;
      default -> null;
    };
    if (dtype == null || (order == '|' && dtype.bits() > 8)) {
      String hint = type.startsWith("V") ? "; convert bfloat16 and 8-bit floats to float32 before saving" : "";
      throw new ModelFormatException(
          path, "arrays of NumPy type " + ModelFormatException.quote(descr) + " are not supported" + hint);
    }
    // Native order is not specified further: this program runs only on little-endian machines, and most npy files come from
    // such.
    return new NpyType(dtype, order == '>' && dtype.bits() > 8);
  }

  /**
   * @throws IllegalArgumentException if NumPy has no such type
   */
  static String descr(DType dtype) {
    return switch (dtype) {
      case F16 -> "<f2";
      case F32 -> "<f4";
      case F64 -> "<f8";
      case I8 -> "|i1";
      case I16 -> "<i2";
      case I32 -> "<i4";
      case I64 -> "<i8";
      case U8 -> "|u1";
      case U16 -> "<u2";
      case U32 -> "<u4";
      case U64 -> "<u8";
      case BOOL -> "|b1";
      case C64 -> "<c8";
      default -> throw new IllegalArgumentException("NumPy knows no type " + dtype + ", so it cannot be written as npy");
    };
  }

  /**
   * Copies values that are stored first index fastest to row-major order, little-endian.
   *
   * @param from values in the type's byte order
   * @param to receives as many values
   * @param shape dimensions; a single dimension is copied directly
   */
  static void convert(MemorySegment from, MemorySegment to, NpyType type, long[] shape) {
    // A complex number is two values; each swaps its bytes, and they move together.
    int parts = type.dtype == DType.C64 ? 2 : 1;
    int bytes = type.dtype.bits() / 8 / parts;
    int rank = shape.length;
    long count = Shape.count(shape);
    long[] index = new long[rank];
    long[] stride = new long[rank];
    long step = 1;
    for (int i = 0; i < rank; i++) {
      stride[i] = step;
      step *= shape[i];
    }
    long source = 0;
    for (long target = 0; target < count; target++) {
      for (int part = 0; part < parts; part++) {
        move(from, (source * parts + part) * bytes, type.bigEndian, to, (target * parts + part) * bytes, bytes);
      }
      // Advances the index like an odometer whose first digit turns fastest, and the source along with it.
      for (int i = rank - 1; i >= 0; i--) {
        source += stride[i];
        if (++index[i] < shape[i]) {
          break;
        }
        source -= stride[i] * shape[i];
        index[i] = 0;
      }
    }
  }

  private static void move(
      MemorySegment from, long source, boolean bigEndian, MemorySegment to, long target, int bytes) {
    switch (bytes) {
      case 1 -> to.set(LittleEndian.BYTE, target, from.get(LittleEndian.BYTE, source));
      case 2 -> {
        short value = from.get(LittleEndian.SHORT, source);
        to.set(LittleEndian.SHORT, target, bigEndian ? Short.reverseBytes(value) : value);
      }
      case 4 -> {
        int value = from.get(LittleEndian.INT, source);
        to.set(LittleEndian.INT, target, bigEndian ? Integer.reverseBytes(value) : value);
      }
      default -> {
        long value = from.get(LittleEndian.LONG, source);
        to.set(LittleEndian.LONG, target, bigEndian ? Long.reverseBytes(value) : value);
      }
    }
  }
}
