package llm265.checkpoint.gguf;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.OutputFile;
import llm265.dtype.BlockEncoder;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;

/**
 * Writes a GGUF file by the header of another, tensor by tensor in any order, in the same or other types.
 *
 * <p>Where no type changes, the header is that of the other file, byte for byte; where the data are the same, too, so is the
 * file, since padding is zeros, after the last tensor as well. The file appears on {@link #commit}, whole; see {@link
 * OutputFile}. Used by one thread at a time.
 */
public final class GgufWriter implements Closeable {
  /** Values at once: whole blocks of every type. */
  private static final int PIECE = 1 << 14;

  private final OutputFile output;
  private final GgufHeader header;
  private final Set<String> written = new HashSet<>();
  private final float[] values = new float[PIECE];
  private final byte[] bytes = new byte[PIECE * Double.BYTES];
  /** The current tensor, or null between tensors. */
  private GgufTensor tensor;
  private long size;

  private GgufWriter(OutputFile output, GgufHeader header) {
    this.output = output;
    this.header = header;
  }

  /**
   * Begins a file.
   *
   * @param target the file's name
   * @param header of the other file; its bytes must stay until this method returns
   * @param types gives the type of each tensor: its own, or what its values are converted to; see {@link WrittenType}
   * @throws IllegalArgumentException if a tensor cannot have its type
   */
  public static GgufWriter create(Path target, GgufHeader header, Function<GgufTensor, DType> types) throws IOException {
    GgufHeader changed = header.with(types);
    OutputFile output = OutputFile.create(target);
    try {
      output.write(changed.bytes());
      return new GgufWriter(output, changed);
    } catch (IOException | RuntimeException e) {
      output.close();
      throw e;
    }
  }

  /** The header that is written: it says which type each tensor must have. */
  public GgufHeader header() {
    return header;
  }

  /**
   * Begins a tensor.
   *
   * @throws IllegalArgumentException if there is none of that name, or it is written already
   * @throws IllegalStateException if another tensor has not ended
   */
  public void begin(String name) throws IOException {
    if (tensor != null) {
      throw new IllegalStateException("tensor " + ModelFormatException.quote(tensor.name()) + " has not ended");
    }
    GgufTensor next = header.tensor(name).orElseThrow(
        () -> new IllegalArgumentException("the header has no tensor " + ModelFormatException.quote(name)));
    if (!written.add(name)) {
      throw new IllegalArgumentException("tensor " + ModelFormatException.quote(name) + " is written already");
    }
    tensor = next;
    size = 0;
    output.channel().position(header.dataOffset() + next.offset());
  }

  /**
   * Appends bytes of the current tensor, in the type that it is written in.
   *
   * @throws IllegalArgumentException if there are more than the tensor has
   */
  public void write(MemorySegment piece) throws IOException {
    grow(piece.byteSize());
    output.write(piece);
  }

  /** Appends some bytes of an array; see {@link #write(MemorySegment)}. */
  public void write(byte[] piece, int offset, int length) throws IOException {
    grow(length);
    output.write(ByteBuffer.wrap(piece, offset, length));
  }

  private void grow(long more) {
    if (tensor == null) {
      throw new IllegalStateException("no tensor has begun");
    }
    if (more > tensor.byteSize() - size) {
      throw new IllegalArgumentException(
          "tensor " + ModelFormatException.quote(tensor.name()) + " has " + tensor.byteSize() + " bytes, not more");
    }
    size += more;
  }

  /**
   * Ends the current tensor.
   *
   * @throws IllegalStateException if bytes are missing
   */
  public void end() {
    if (tensor == null || size != tensor.byteSize()) {
      throw new IllegalStateException(tensor == null
          ? "no tensor has begun"
          : "tensor " + ModelFormatException.quote(tensor.name()) + " has " + size + " of " + tensor.byteSize() + " bytes");
    }
    tensor = null;
  }

  /**
   * Writes a whole tensor, whose values are converted if its type is another than the written one. What is too large for F16
   * becomes infinite.
   *
   * @param whole its name, and all its values in the same rows
   * @throws IllegalArgumentException if values of its type cannot be converted
   */
  public void write(TensorView whole) throws IOException {
    begin(whole.name());
    DType type = tensor.dtype();
    if (whole.count() != tensor.count()) {
      throw new IllegalArgumentException(
          "tensor " + ModelFormatException.quote(whole.name()) + " has " + tensor.count() + " values, not " + whole.count());
    }
    if (whole.dtype() == type) {
      write(whole.data());
    } else if (whole.dtype().isReal() && (type.isFloat() || BlockEncoder.writes(type))) {
      convert(whole, type);
    } else {
      throw new IllegalArgumentException(whole + " cannot be written as " + type);
    }
    end();
  }

  private void convert(TensorView whole, DType type) throws IOException {
    long count = whole.count();
    for (long first = 0; first < count; first += PIECE) {
      int piece = (int) Math.min(PIECE, count - first);
      whole.read(first, values, 0, piece);
      if (type.isFloat()) {
        ValueCodec.write(type, MemorySegment.ofArray(bytes), 0, values, 0, piece);
      } else {
        BlockEncoder.write(type, values, 0, piece, bytes, 0);
      }
      write(bytes, 0, (int) type.byteSize(piece));
    }
  }

  /**
   * Ends the file and makes it appear under its name.
   *
   * @throws IllegalStateException if a tensor is missing or has not ended
   */
  public void commit() throws IOException {
    if (tensor != null) {
      throw new IllegalStateException("tensor " + ModelFormatException.quote(tensor.name()) + " has not ended");
    }
    for (GgufTensor each : header.tensors()) {
      if (!written.contains(each.name())) {
        throw new IllegalStateException("tensor " + ModelFormatException.quote(each.name()) + " is not written");
      }
    }
    pad();
    output.commit();
  }

  /** What is never written reads as zeros; only the last byte must be there. */
  private void pad() throws IOException {
    long end = header.dataOffset() + header.dataSize();
    if (output.channel().size() < end) {
      output.write(ByteBuffer.allocate(1), end - 1);
    }
  }

  /** Deletes the file if it has not been committed. */
  @Override
  public void close() throws IOException {
    output.close();
  }
}
