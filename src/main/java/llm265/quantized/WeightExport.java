package llm265.quantized;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.Float8;
import llm265.dtype.HalfFloats;
import llm265.dtype.LittleEndian;
import llm265.dtype.Shape;
import llm265.parallel.Workers;

/**
 * One weight on its way into an {@link ExportFormat}: which tensors it becomes, and their bytes for some rows at a time. The
 * codes are the first tensor and can be written as they come; the scales of all rows, and the shape, follow.
 */
public final class WeightExport {
  /** The greatest E4M3. */
  private static final float GREATEST_FLOAT8 = 448;
  private static final int BIAS = 8;
  private static final int PIECE_VALUES = 1 << 20;

  /** Receives tensors one after the other, each one in pieces. */
  public interface Sink {
    /** Begins a tensor. */
    void begin(TensorSource.Entry tensor) throws IOException;

    /** Appends bytes to it. */
    void write(MemorySegment bytes) throws IOException;

    /** Ends it: all its bytes are there. */
    void end() throws IOException;
  }

  /**
   * What some rows become.
   *
   * @param codes bytes of the first tensor
   * @param scales bytes of the second tensor
   */
  public record Rows(MemorySegment codes, MemorySegment scales) {}

  private final ExportFormat format;
  private final String name;
  private final long rows;
  private final int columns;
  private final boolean isSearched;

  private WeightExport(ExportFormat format, String name, long rows, int columns, boolean isSearched) {
    this.format = format;
    this.name = name;
    this.rows = rows;
    this.columns = columns;
    this.isSearched = isSearched;
  }

  /**
   * Begins a weight; scales are searched for.
   *
   * @param shape [out, in]
   * @throws IllegalArgumentException if the format does not accept it
   */
  public static WeightExport of(ExportFormat format, String name, long... shape) {
    if (!format.accepts(name, shape)) {
      throw new IllegalArgumentException(name + " of shape " + Arrays.toString(shape) + " stays as it is in " + format);
    }
    return new WeightExport(format, name, shape[0], (int) shape[1], true);
  }

  /** The same with the scales that the greatest magnitudes give, as compressed-tensors has them. */
  public WeightExport withoutSearch() {
    return new WeightExport(format, name, rows, columns, false);
  }

  /** The tensors in the order in which they are written. */
  public List<TensorSource.Entry> tensors() {
    return switch (format) {
      case W4A16 -> List.of(
          new TensorSource.Entry(name + "_packed", DType.I32, new long[] {rows, columns / 8}),
          new TensorSource.Entry(name + "_scale", DType.BF16, new long[] {rows, columns / GroupRounding.GROUP}),
          new TensorSource.Entry(name + "_shape", DType.I64, new long[] {2}));
      case FP8 -> List.of(
          new TensorSource.Entry(name, DType.F8_E4M3, new long[] {rows, columns}),
          new TensorSource.Entry(name + "_scale", DType.BF16, new long[] {rows, 1}));
    };
  }

  /** Bits of all tensors over the number of values. */
  public double bitsPerValue() {
    long bytes = 0;
    for (TensorSource.Entry tensor : tensors()) {
      bytes += tensor.dtype().byteSize(Shape.count(tensor.shape()));
    }
    return (double) Byte.SIZE * bytes / rows / columns;
  }

  /**
   * Encodes rows. Each row is coded by itself, so any pieces give the same bytes. Thread-safe.
   *
   * @param values whole rows from {@code offset} on
   * @param count number of rows
   * @throws IllegalArgumentException if a value is not finite; the message names the weight
   */
  public Rows encode(float[] values, int offset, int count) {
    for (int i = offset; i < offset + count * columns; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException("tensor " + ModelFormatException.quote(name) + " has values that are not finite");
      }
    }
    return format == ExportFormat.W4A16 ? integers(values, offset, count) : floats(values, offset, count);
  }

  private Rows integers(float[] values, int offset, int count) {
    int groups = count * (columns / GroupRounding.GROUP);
    MemorySegment codes = bytes(groups * (long) GroupRounding.GROUP / 2);
    MemorySegment scales = bytes(groups * 2L);
    int inWord = Integer.SIZE / GroupRounding.BITS;
    for (int group = 0; group < groups; group++) {
      int from = offset + group * GroupRounding.GROUP;
      float scale = isSearched ? GroupRounding.bestScale(values, from) : GroupRounding.rangeScale(values, from);
      scales.set(LittleEndian.SHORT, 2L * group, HalfFloats.floatToBf16(scale));
      for (int word = 0; word < GroupRounding.GROUP / inWord; word++) {
        int packed = 0;
        for (int i = 0; i < inWord; i++) {
          packed |= (GroupRounding.code(values[from + word * inWord + i], scale) + BIAS) << GroupRounding.BITS * i;
        }
        codes.set(LittleEndian.INT, 4L * (group * (GroupRounding.GROUP / inWord) + word), packed);
      }
    }
    return new Rows(codes, scales);
  }

  private Rows floats(float[] values, int offset, int count) {
    MemorySegment codes = bytes((long) count * columns);
    MemorySegment scales = bytes(2L * count);
    for (int row = 0; row < count; row++) {
      int from = offset + row * columns;
      float greatest = 0;
      for (int i = from; i < from + columns; i++) {
        greatest = Math.max(greatest, Math.abs(values[i]));
      }
      short stored = HalfFloats.floatToBf16(Math.max(greatest / GREATEST_FLOAT8, Float.MIN_NORMAL));
      float scale = HalfFloats.bf16ToFloat(stored);
      scales.set(LittleEndian.SHORT, 2L * row, stored);
      for (int i = 0; i < columns; i++) {
        float scaled = Math.clamp(values[from + i] / scale, -GREATEST_FLOAT8, GREATEST_FLOAT8);
        codes.set(LittleEndian.BYTE, (long) row * columns + i, Float8.floatToE4m3(scaled));
      }
    }
    return new Rows(codes, scales);
  }

  private static MemorySegment bytes(long size) {
    return MemorySegment.ofArray(new byte[Math.toIntExact(size)]);
  }

  /** The bytes of the third tensor, if there is one: the shape. */
  private MemorySegment shape() {
    MemorySegment shape = bytes(2L * Long.BYTES);
    shape.set(LittleEndian.LONG, 0, rows);
    shape.set(LittleEndian.LONG, Long.BYTES, columns);
    return shape;
  }

  /**
   * Reads, encodes and writes the whole weight.
   *
   * @param source its rows
   * @param sink receives the tensors of {@link #tensors}; it is called by one thread at a time
   * @throws IOException if the sink fails
   */
  public void write(WeightRows source, Workers workers, Sink sink) throws IOException {
    List<TensorSource.Entry> tensors = tensors();
    int pieceRows = Math.max(1, PIECE_VALUES / columns);
    int pieces = Math.toIntExact(ScaleLayout.ceil(rows, pieceRows));
    MemorySegment[] scales = new MemorySegment[pieces];
    try {
      sink.begin(tensors.getFirst());
      workers.forEachInOrder(pieces, i -> {
        int count = (int) Math.min(pieceRows, rows - (long) i * pieceRows);
        float[] values = new float[count * columns];
        source.read((long) i * pieceRows, count, values, 0);
        return encode(values, 0, count);
      }, (i, encoded) -> {
        scales[i] = encoded.scales();
        write(sink, encoded.codes());
      });
      sink.end();
      sink.begin(tensors.get(1));
      for (MemorySegment piece : scales) {
        sink.write(piece);
      }
      sink.end();
      if (tensors.size() > 2) {
        sink.begin(tensors.get(2));
        sink.write(shape());
        sink.end();
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void write(Sink sink, MemorySegment bytes) {
    try {
      sink.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
