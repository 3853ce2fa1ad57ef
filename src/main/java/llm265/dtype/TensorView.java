package llm265.dtype;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A named tensor whose data lies elsewhere: in a mapped file, in native memory or in an array.
 *
 * @param name its name in the checkpoint, any Unicode text
 * @param dtype type of its values
 * @param shape its dimensions, outermost first; empty for a scalar; a dimension may be 0
 * @param data its values, row-major, little-endian, without gaps; valid as long as the checkpoint is open
 */
public record TensorView(String name, DType dtype, long[] shape, MemorySegment data) {

  /**
   * @throws IllegalArgumentException if a dimension is negative, the shape's size exceeds a long or differs from the data's, or
   *     rows of a block type are no whole blocks
   */
  public TensorView {
    shape = shape.clone();
    long size = size(dtype, shape);
    if (size != data.byteSize()) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " of " + dtype + " needs " + size + " bytes, not " + data.byteSize());
    }
  }

  private static long size(DType dtype, long[] shape) {
    long count = Shape.count(shape);
    int block = dtype.blockValues();
    if (block > 1 && (shape.length == 0 || shape[shape.length - 1] % block != 0)) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " of " + dtype + ": rows do not fill whole blocks of " + block + " values");
    }
    try {
      return dtype.byteSize(count);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " of " + dtype + ": " + e.getMessage(), e);
    }
  }

  /** A tensor with a copy of the floats. */
  public static TensorView copyOf(String name, long[] shape, float... values) {
    MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 4)]);
    ValueCodec.write(DType.F32, data, 0, values, 0, values.length);
    return new TensorView(name, DType.F32, shape, data);
  }

  /**
   * A tensor over the array itself, without a copy. The array must not change while the tensor is in use. For encoders, not
   * for files.
   */
  public static TensorView view(String name, long[] shape, float... values) {
    return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
        ? new TensorView(name, DType.F32, shape, MemorySegment.ofArray(values))
        : copyOf(name, shape, values);
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** Number of values, 0 or more. */
  public long count() {
    return Shape.count(shape);
  }

  /** Size of the data in bytes. */
  public long byteSize() {
    return data.byteSize();
  }

  /** Reads {@code count} values from index {@code first} on as floats; see {@link ValueCodec}. */
  public void read(long first, float[] values, int offset, int count) {
    ValueCodec.read(dtype, data, first, values, offset, count);
  }

  /** Reads {@code count} values from index {@code first} on as doubles; see {@link ValueCodec}. */
  public void read(long first, double[] values, int offset, int count) {
    ValueCodec.read(dtype, data, first, values, offset, count);
  }

  /** The name, type and shape, such as {@code lm_head.weight F32 [2048, 128]}. */
  @Override
  public String toString() {
    return name + " " + dtype + " " + Arrays.toString(shape);
  }
}
