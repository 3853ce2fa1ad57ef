package llm265.checkpoint.torch;

import java.lang.foreign.MemorySegment;
import llm265.dtype.LittleEndian;
import llm265.dtype.Shape;

/**
 * Values that lie in a storage with any strides, in row-major order: those of transposed, expanded and sliced tensors.
 *
 * <p>Value {@code (i0, i1, ...)} is number {@code offset + i0 * strides[0] + i1 * strides[1] + ...} of the storage.
 */
final class StridedCopy {
  private final MemorySegment storage;
  private final int valueBytes;
  private final TorchTensor layout;

  /**
   * @param storage the bytes of the storage; the tensor lies inside, see {@link #end}
   * @param valueBytes 1, 2, 4 or 8
   */
  StridedCopy(MemorySegment storage, int valueBytes, TorchTensor layout) {
    this.storage = storage;
    this.valueBytes = valueBytes;
    this.layout = layout;
  }

  /**
   * The index after the last value of the storage that a tensor has; its offset if it has none.
   *
   * @throws IllegalArgumentException if there are 2^63 values or more, or the index exceeds a long
   */
  static long end(TorchTensor layout) {
    if (Shape.count(layout.shape()) == 0) {
      return layout.offset();
    }
    try {
      long end = Math.addExact(layout.offset(), 1);
      for (int d = 0; d < layout.shape().length; d++) {
        end = Math.addExact(end, Math.multiplyExact(layout.shape()[d] - 1, layout.strides()[d]));
      }
      return end;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("strides lead beyond 2^63 values", e);
    }
  }

  /** Whether the values lie in row-major order without gaps; strides of single rows do not count. */
  static boolean isContiguous(TorchTensor layout) {
    if (Shape.count(layout.shape()) == 0) {
      return true;
    }
    long expected = 1;
    for (int d = layout.shape().length - 1; d >= 0; d--) {
      long size = layout.shape()[d];
      if (size != 1 && layout.strides()[d] != expected) {
        return false;
      }
      expected *= size;
    }
    return true;
  }

  /** Copies {@code count} values from index {@code first} of the row-major order on. */
  void read(long first, long count, MemorySegment target) {
    long[] shape = layout.shape();
    long[] strides = layout.strides();
    int last = shape.length - 1;
    long[] at = new long[shape.length];
    long rest = first;
    long source = layout.offset();
    for (int d = last; d >= 0; d--) {
      at[d] = rest % shape[d];
      rest /= shape[d];
      source += at[d] * strides[d];
    }
    for (long done = 0; done < count; ) {
      long run = Math.min(count - done, shape[last] - at[last]);
      copyRun(source, strides[last], run, target, done);
      done += run;
      at[last] += run;
      source += run * strides[last];
      for (int d = last; d > 0 && at[d] == shape[d]; d--) {
        source += strides[d - 1] - shape[d] * strides[d];
        at[d] = 0;
        at[d - 1]++;
      }
    }
  }

  private void copyRun(long source, long stride, long count, MemorySegment target, long to) {
    if (stride == 1) {
      MemorySegment.copy(storage, source * valueBytes, target, to * valueBytes, count * valueBytes);
      return;
    }
    switch (valueBytes) {
      case 1 -> {
        for (long i = 0; i < count; i++) {
          target.set(LittleEndian.BYTE, to + i, storage.get(LittleEndian.BYTE, source + i * stride));
        }
      }
      case 2 -> {
        for (long i = 0; i < count; i++) {
          target.set(LittleEndian.SHORT, 2 * (to + i), storage.get(LittleEndian.SHORT, 2 * (source + i * stride)));
        }
      }
      case 4 -> {
        for (long i = 0; i < count; i++) {
          target.set(LittleEndian.INT, 4 * (to + i), storage.get(LittleEndian.INT, 4 * (source + i * stride)));
        }
      }
      default -> {
        for (long i = 0; i < count; i++) {
          target.set(LittleEndian.LONG, 8 * (to + i), storage.get(LittleEndian.LONG, 8 * (source + i * stride)));
        }
      }
    }
  }
}
