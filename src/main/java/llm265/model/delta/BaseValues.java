package llm265.model.delta;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;
import llm265.parallel.Workers;
import llm265.tensor.ElementType;

/** The values of a base, in ranges, with their checksums, and in the type of the tensor that is told from them. */
final class BaseValues {
  private static final int BLOCK = 1 << 14;

  private final RangedTensor base;
  private final DType type;

  /** @throws UnsuitableBaseException if the base has not the tensor's shape, or not a type that goes with the tensor's */
  BaseValues(RangedTensor base, DType type, long[] shape) {
    if (!isSuitable(base, type, shape)) {
      throw new UnsuitableBaseException("is " + base.dtype() + " " + Arrays.toString(base.shape()) + " in the base, and "
          + type + " " + Arrays.toString(shape) + " here");
    }
    this.base = base;
    this.type = type;
  }

  /** Whether a tensor can be told from a base: of the same shape and type, or of another type that has samples. */
  static boolean isSuitable(RangedTensor base, DType type, long[] shape) {
    return Arrays.equals(base.shape(), shape)
        && (base.dtype() == type || ElementType.isSampled(base.dtype()) && ElementType.isSampled(type));
  }

  /** The values of a range as they are in the base. */
  MemorySegment read(long first, long count, Workers workers) {
    MemorySegment values = MemorySegment.ofArray(new byte[Math.toIntExact(base.dtype().byteSize(count))]);
    base.read(first, values, workers);
    return values;
  }

  /**
   * The values of a range in the tensor's type: through binary32, to nearest, ties to even. In another type than the base's, what
   * is not a number becomes 0, since its bits say nothing.
   */
  MemorySegment converted(MemorySegment values) {
    if (base.dtype() == type) {
      return values;
    }
    int count = Math.toIntExact(values.byteSize() / base.dtype().byteSize(1));
    MemorySegment converted = MemorySegment.ofArray(new byte[Math.toIntExact(type.byteSize(count))]);
    float[] block = new float[BLOCK];
    for (int first = 0; first < count; first += BLOCK) {
      int some = Math.min(BLOCK, count - first);
      ValueCodec.read(base.dtype(), values, first, block, 0, some);
      for (int i = 0; i < some; i++) {
        block[i] = Float.isNaN(block[i]) ? 0 : block[i];
      }
      ValueCodec.write(type, converted, first, block, 0, some);
    }
    return converted;
  }
}
