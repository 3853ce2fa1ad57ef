package llm265.quantized;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.ValueCodec;

/**
 * A weight that several tensors hold together: codes, scales, and what else its format has. Its rows can be read as floats, which
 * are those that the format's own library computes before it rounds them to the model's type.
 */
public final class QuantizedWeight {
  private static final int PIECE_VALUES = 1 << 20;
  private static final int MAX_PIECE_VALUES = 1 << 24;
  /** Formats that pack columns together are read fastest, and gpt-oss's experts not much slower, in such rows. */
  private static final int ROWS_TOGETHER = 32;

  private final String name;
  private final String format;
  private final String scheme;
  private final long[] shape;
  private final List<TensorSource.Entry> parts;
  private final Supplier<WeightRows> opener;

  QuantizedWeight(
      String name,
      String format,
      String scheme,
      long[] shape,
      List<TensorSource.Entry> parts,
      Supplier<WeightRows> opener) {
    this.name = name;
    this.format = format;
    this.scheme = scheme;
    this.shape = shape.clone();
    this.parts = List.copyOf(parts);
    this.opener = opener;
  }

  /** The name of the plain weight, such as {@code model.layers.0.mlp.up_proj.weight}. */
  public String name() {
    return name;
  }

  /** The format's name, such as {@code gptq}. */
  public String format() {
    return format;
  }

  /** How values are stored, in a few words, such as {@code 4-bit integers, groups of 128}. */
  public String scheme() {
    return scheme;
  }

  /** The shape of the plain weight: [out, in], or [experts, ...] for a stack. */
  public long[] shape() {
    return shape.clone();
  }

  /** The tensors that hold it, codes first. */
  public List<TensorSource.Entry> parts() {
    return parts;
  }

  /** Bits of all parts over the number of values. */
  public double bitsPerValue() {
    long bytes = 0;
    for (TensorSource.Entry part : parts) {
      bytes += part.dtype().byteSize(Shape.count(part.shape()));
    }
    return (double) Byte.SIZE * bytes / Shape.count(shape);
  }

  /** Number of rows: the product of all dimensions but the last. */
  public long rows() {
    return matrix().rows();
  }

  /** Values in a row. */
  public int columns() {
    return matrix().in();
  }

  private MatrixShape matrix() {
    return MatrixShape.of(shape);
  }

  /**
   * Loads the parts for reading. They are held as long as the rows are.
   *
   * @throws ModelFormatException if the content of a part contradicts the others
   */
  public WeightRows open() {
    return opener.get();
  }

  /** Number of pieces in which {@link #piece} gives the weight. */
  public int pieces() {
    return Math.toIntExact(ScaleLayout.ceil(rows(), pieceRows()));
  }

  private int pieceRows() {
    int rows = PIECE_VALUES / columns() / ROWS_TOGETHER * ROWS_TOGETHER;
    return Math.max(rows, Math.clamp(MAX_PIECE_VALUES / columns(), 1, ROWS_TOGETHER));
  }

  /**
   * Some rows of the weight as tensor data. All pieces one after the other are the plain tensor. Thread-safe.
   *
   * @param rows this weight's, opened
   * @param index 0 to {@code pieces() - 1}
   * @param type F32, F16 or BF16; to the latter two values are rounded to nearest
   */
  public MemorySegment piece(WeightRows rows, int index, DType type) {
    long first = (long) index * pieceRows();
    int count = (int) Math.min(pieceRows(), rows() - first);
    float[] values = new float[count * columns()];
    rows.read(first, count, values, 0);
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(type.byteSize(values.length))]);
    ValueCodec.write(type, data, 0, values, 0, values.length);
    return data;
  }

  /** Name, scheme and bits, such as {@code up_proj.weight: 4-bit integers, groups of 128, 4.125 bits per value}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s: %s, %.3f bits per value", name, scheme, bitsPerValue());
  }
}
