package llm265.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import llm265.checkpoint.file.MappedFile;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.OutputFile;
import llm265.checkpoint.file.TensorTable;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;

/**
 * An npy file, NumPy's format of one array: versions 1, 2 and 3 are read, version 1 is written.
 *
 * <p>The tensor is named after the file, without {@code .npy}. Arrays of little-endian values in C order are mapped. Others are
 * converted in native memory when the file is opened. Types: float16, 32 and 64, integers of 8 to 64 bits, bool, complex64.
 * NumPy itself has no bfloat16 and no 8-bit floats: such a tensor is written as float32, which holds its values exactly. The
 * {@code |V2} arrays that extensions of NumPy save are refused, since they do not say what they hold.
 */
public final class NpyFile extends TensorTable {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int PREFIX_BYTES = MAGIC.length + 2;
  private static final int ALIGNMENT = 64;
  private static final int MAX_HEADER_BYTES = 1 << 16;
  private static final int BLOCK_VALUES = 1 << 16;

  private final MappedFile file;

  private NpyFile(MappedFile file, TensorView tensor) {
    super(file.path());
    this.file = file;
    add(tensor);
  }

  static boolean hasMagic(byte[] start) {
    return start.length >= MAGIC.length && Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be read
   * @throws ModelFormatException if it is not a well-formed npy file, or its type has no counterpart in {@link DType}
   */
  static NpyFile open(Path path) throws IOException {
    MappedFile file = MappedFile.open(path);
    try {
      return new NpyFile(file, read(file));
    } catch (ModelFormatException e) {
      ModelFormatException fault = file.named(e);
      file.close();
      throw fault;
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private static TensorView read(MappedFile file) {
    Path path = file.path();
    MemorySegment bytes = file.bytes();
    if (bytes.byteSize() < PREFIX_BYTES + 2
        || !hasMagic(bytes.asSlice(0, MAGIC.length).toArray(LittleEndian.BYTE))) {
      throw new ModelFormatException(path, "does not begin like an npy file");
    }
    int version = bytes.get(LittleEndian.BYTE, MAGIC.length) & 0xFF;
    if (version < 1 || version > 3) {
      throw new ModelFormatException(path, "npy version " + version + " is unknown");
    }
    int headerAt = PREFIX_BYTES + (version == 1 ? 2 : 4);
    if (bytes.byteSize() < headerAt) {
      throw new ModelFormatException(path, "npy header is cut off");
    }
    long headerSize =
        version == 1
            ? bytes.get(LittleEndian.SHORT, PREFIX_BYTES) & 0xFFFF
            : bytes.get(LittleEndian.INT, PREFIX_BYTES) & 0xFFFF_FFFFL;
    if (headerSize > MAX_HEADER_BYTES || headerSize > bytes.byteSize() - headerAt) {
      throw new ModelFormatException(path, "npy header of " + headerSize + " bytes is cut off or too long");
    }
    Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    NpyHeader header =
        NpyHeader.parse(path, decode(path, bytes.asSlice(headerAt, headerSize).asByteBuffer(), charset));
    return view(file, header, bytes.asSlice(headerAt + headerSize));
  }

  private static String decode(Path path, ByteBuffer bytes, Charset charset) {
    try {
      return charset.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(path, "npy header is not " + charset, e);
    }
  }

  private static TensorView view(MappedFile file, NpyHeader header, MemorySegment data) {
    NpyType type = NpyType.parse(file.path(), header.descr());
    String fileName = file.path().getFileName().toString();
    String name = fileName.endsWith(".npy") ? fileName.substring(0, fileName.length() - 4) : fileName;
    TensorView stored;
    try {
      stored = new TensorView(name, type.dtype(), header.shape(), data);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file.path(), e.getMessage(), e);
    }
    boolean turned = header.fortranOrder() && stored.rank() > 1;
    if (!turned && !type.bigEndian()) {
      return stored;
    }
    MemorySegment converted = file.arena().allocate(Math.max(data.byteSize(), 1)).asSlice(0, data.byteSize());
    NpyType.convert(data, converted, type, turned ? header.shape() : new long[] {stored.count()});
    return new TensorView(name, type.dtype(), header.shape(), converted);
  }

  /** The type in which a tensor's values are written: its own, or F32 if NumPy lacks it. */
  public static DType writtenType(DType dtype) {
    return switch (dtype) {
      case BF16, F8_E4M3, F8_E5M2 -> DType.F32;
      default -> dtype;
    };
  }

  /**
   * Writes a tensor at an output's position; the caller commits.
   *
   * @throws IllegalArgumentException if NumPy lacks its type and float32 cannot hold it
   */
  public static void write(OutputFile output, TensorView tensor) throws IOException {
    DType written = writtenType(tensor.dtype());
    output.write(header(new NpyHeader(NpyType.descr(written), false, tensor.shape())));
    MemorySegment data = tensor.data();
    long count = tensor.count();
    int blockBytes = (int) written.byteSize(BLOCK_VALUES);
    MemorySegment block = MemorySegment.ofArray(new byte[blockBytes]);
    float[] values = new float[BLOCK_VALUES];
    for (long first = 0; first < count; first += BLOCK_VALUES) {
      int n = (int) Math.min(BLOCK_VALUES, count - first);
      long size = written.byteSize(n);
      if (written == tensor.dtype()) {
        output.write(data.asSlice(written.byteSize(first), size).asByteBuffer());
      } else {
        tensor.read(first, values, 0, n);
        ValueCodec.write(written, block, 0, values, 0, n);
        output.write(block.asSlice(0, size).asByteBuffer());
      }
    }
  }

  private static ByteBuffer header(NpyHeader header) {
    byte[] text = header.toPython().getBytes(StandardCharsets.ISO_8859_1);
    int unpadded = PREFIX_BYTES + 2 + text.length + 1;
    int size = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (size - PREFIX_BYTES - 2)).put(text);
    while (bytes.position() < size - 1) {
      bytes.put((byte) ' ');
    }
    return bytes.put((byte) '\n').flip();
  }

  @Override
  public String format() {
    return "npy";
  }

  @Override
  public void close() {
    file.close();
  }
}
