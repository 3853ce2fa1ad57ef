package llm265.tensor.values;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;
import llm265.tensor.ElementType;

/** Receives decoded values. Tiles are decoded side by side; no two of them hold the same value. */
public interface ValueSink {
  /** Receives values of a row of a tile, from {@code at} on, already rounded to the tensor's type. */
  void row(long first, float[] values, int at, int count);

  /** Replaces a value of an earlier row by an exact one, given by its pattern in the tensor's type. */
  void exact(long index, long bits);

  /**
   * Receives values of a row of a tile of a lossless stream.
   *
   * @param bytes little-endian, in the tensor's type
   */
  void bytes(long first, byte[] bytes, int count);

  /** Whether any of some values would be kept: what is not wanted need not be decoded, where it can be left out. */
  default boolean wants(long first, long count) {
    return true;
  }

  /** Drops everything; for checking that a stream can be decoded. */
  ValueSink NOWHERE = new ValueSink() {
    @Override
    public void row(long first, float[] values, int at, int count) {}

    @Override
    public void exact(long index, long bits) {}

    @Override
    public void bytes(long first, byte[] bytes, int count) {}
  };

  /** Writes {@code size} values from {@code from} on, in the tensor's type; drops the others. */
  static ValueSink to(DType type, MemorySegment data, long from, long size) {
    // Values of other types come only as bytes.
    TensorElements elements = ElementType.isSampled(type) ? new TensorElements(type, data) : null;
    int valueBytes = type.bits() / 8;
    return new ValueSink() {
      @Override
      public void row(long first, float[] values, int at, int count) {
        int begin = (int) Math.clamp(from - first, 0, count);
        int end = (int) Math.clamp(from + size - first, begin, count);
        if (end > begin) {
          elements.write(first + begin - from, values, at + begin, end - begin);
        }
      }

      @Override
      public void exact(long index, long bits) {
        if (index >= from && index - from < size) {
          elements.setBits(index - from, bits);
        }
      }

      @Override
      public boolean wants(long first, long count) {
        return first < from + size && first + count > from;
      }

      @Override
      public void bytes(long first, byte[] bytes, int count) {
        int begin = (int) Math.clamp(from - first, 0, count);
        int end = (int) Math.clamp(from + size - first, begin, count);
        if (end > begin) {
          long to = (first + begin - from) * valueBytes;
          MemorySegment.copy(bytes, begin * valueBytes, data, ValueLayout.JAVA_BYTE, to, (end - begin) * valueBytes);
        }
      }
    };
  }

  /** Writes the values from {@code from} on that fit, as floats; drops the others. */
  static ValueSink to(DType type, float[] data, long from) {
    return new ValueSink() {
      @Override
      public void row(long first, float[] values, int at, int count) {
        int begin = (int) Math.clamp(from - first, 0, count);
        int end = (int) Math.clamp(from + data.length - first, begin, count);
        if (end > begin) {
          System.arraycopy(values, at + begin, data, (int) (first + begin - from), end - begin);
        }
      }

      @Override
      public void exact(long index, long bits) {
        if (index >= from && index - from < data.length) {
          data[(int) (index - from)] = TensorElements.toFloat(type, bits);
        }
      }

      @Override
      public boolean wants(long first, long count) {
        return first < from + data.length && first + count > from;
      }

      @Override
      public void bytes(long first, byte[] bytes, int count) {
        int begin = (int) Math.clamp(from - first, 0, count);
        int end = (int) Math.clamp(from + data.length - first, begin, count);
        if (end > begin) {
          ValueCodec.read(type, MemorySegment.ofArray(bytes), begin, data, (int) (first + begin - from), end - begin);
        }
      }
    };
  }
}
