package llm265.model.delta;

import java.lang.foreign.MemorySegment;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.decode.TensorStream;

/** A tensor that is read by ranges of values: it may lie in a file, have to be decoded, or be a delta itself. Thread-safe. */
public interface RangedTensor {
  DType dtype();

  /** Its dimensions, outermost first. */
  long[] shape();

  /**
   * Reads values from index {@code first} on.
   *
   * @param data receives as many values as fit, row-major, little-endian
   */
  void read(long first, MemorySegment data, Workers workers);

  /** About so many values are best read together, from a multiple of this on. */
  default long rangeValues() {
    return rangeValues(TensorFraming.of(shape()));
  }

  /** The values of a row of tiles, which are decoded together. */
  static long rangeValues(TensorFraming framing) {
    long band = framing.bandRows() * framing.viewColumns();
    return Math.max(1, Math.min(band, framing.values()));
  }

  default long count() {
    return Shape.count(shape());
  }

  /** A tensor whose values lie in memory or in a mapped file. */
  static RangedTensor of(TensorView tensor) {
    return new RangedTensor() {
      @Override
      public DType dtype() {
        return tensor.dtype();
      }

      @Override
      public long[] shape() {
        return tensor.shape();
      }

      @Override
      public void read(long first, MemorySegment data, Workers workers) {
        MemorySegment.copy(tensor.data(), tensor.dtype().byteSize(first), data, 0, data.byteSize());
      }
    };
  }

  /** A tensor that is a stream; {@link llm265.h264.StreamException} is thrown where that is damaged. */
  static RangedTensor of(TensorStream stream) {
    return new RangedTensor() {
      @Override
      public DType dtype() {
        return stream.header().dtype();
      }

      @Override
      public long[] shape() {
        return stream.header().shape();
      }

      @Override
      public long rangeValues() {
        return RangedTensor.rangeValues(stream.header().framing());
      }

      @Override
      public void read(long first, MemorySegment data, Workers workers) {
        stream.decode(first, data, workers);
      }
    };
  }
}
