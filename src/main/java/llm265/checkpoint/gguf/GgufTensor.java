package llm265.checkpoint.gguf;

import llm265.dtype.DType;
import llm265.dtype.Shape;

/**
 * A tensor's entry in a header.
 *
 * @param shape its dimensions, outermost first: the reverse of the file's
 * @param offset first byte of its data, counted from the first byte of all data
 */
public record GgufTensor(String name, DType dtype, long[] shape, long offset) {
  public GgufTensor {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Number of values. */
  public long count() {
    return Shape.count(shape);
  }

  /** Bytes of its data, without padding. */
  public long byteSize() {
    return dtype.byteSize(count());
  }

  /** Values of a row. */
  public long rowLength() {
    return shape.length == 0 ? 1 : shape[shape.length - 1];
  }

  /** Whether rows of this tensor are whole blocks of a type. */
  public boolean fits(DType type) {
    return rowLength() % type.blockValues() == 0;
  }

  /** The same tensor with another type and place. */
  GgufTensor with(DType type, long place) {
    return new GgufTensor(name, type, shape, place);
  }
}
