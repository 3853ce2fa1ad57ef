package llm265.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.OutputFile;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;

/**
 * Writes a safetensors file entry by entry, although the header at its front is known only at the end.
 *
 * <p>An entry's size need not be known when it begins, and bytes of the current entry may be patched. An estimate reserves space
 * for the header; surplus space becomes padding, which the format allows. If the estimate is too small, or so large that the
 * padding would matter, the data are moved once at the end.
 *
 * <p>The data begin at a multiple of 8 bytes. Entries stay in the order in which they are appended, without alignment. The file
 * appears on {@link #commit}, whole; see {@link OutputFile}. Used by one thread at a time.
 */
public final class SafetensorsWriter implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MOVE_BYTES = 1 << 22;

  private static final int LENGTH_BYTES = 8;
  private static final int DIGITS = 20;
  /** Padding of up to this many bytes, or up to this fraction of the data, is not worth moving the data. */
  private static final int SMALL_PADDING = 64;
  private static final int DATA_PER_PADDING = 10_000;

  private final OutputFile output;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final long reserved;
  private final List<SafetensorsHeader.Entry> entries = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** Number of bytes of data before the current entry, or of all data between entries. */
  private long entryBegin;
  /** Number of bytes of data so far, including those in the buffer. */
  private long size;
  private String entryName;
  private DType entryType;

  private SafetensorsWriter(OutputFile output, long reserved) throws IOException {
    this.output = output;
    this.channel = output.channel();
    this.reserved = reserved;
    channel.position(LENGTH_BYTES + reserved);
  }

  /**
   * Begins a file.
   *
   * @param target the file's name
   * @param headerBytes estimate of the header's size, such as the sum of {@link #entryBytes} and of the metadata's bytes; 0 if
   *     nothing is known. A wrong estimate only costs time
   */
  public static SafetensorsWriter create(Path target, long headerBytes) throws IOException {
    OutputFile output = OutputFile.create(target);
    try {
      long reserved = align(Math.clamp(headerBytes + 2, 0, SafetensorsHeader.MAX_BYTES));
      return new SafetensorsWriter(output, reserved);
    } catch (IOException | RuntimeException e) {
      output.close();
      throw e;
    }
  }

  private static long align(long size) {
    return (size + 7) & -8;
  }

  /** The most bytes that an entry with this name and number of dimensions takes in the header. */
  public static long entryBytes(String name, int rank) {
    // {"dtype":"F8_E5M2FNUZ","shape":[],"data_offsets":[,]} with a colon and a comma around it.
    return escapedBytes(name) + 64 + (long) (DIGITS + 1) * rank + 2 * DIGITS;
  }

  private static long escapedBytes(String text) {
    // A character takes at most \ u X X X X.
    return text.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != '"' && c != '\\')
        ? text.length()
        : 6L * text.length();
  }

  /**
   * Begins an entry after the others.
   *
   * @throws IllegalArgumentException if the name is taken, reserved by the format, or no Unicode text
   * @throws IllegalStateException if another entry has not ended
   */
  public void begin(String name, DType dtype) {
    if (entryName != null) {
      throw new IllegalStateException("entry " + ModelFormatException.quote(entryName) + " has not ended");
    }
    if (name.equals(SafetensorsHeader.METADATA) || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException("safetensors allow no tensor named " + ModelFormatException.quote(name));
    }
    if (!names.add(name)) {
      throw new IllegalArgumentException("a tensor named " + ModelFormatException.quote(name) + " exists already");
    }
    entryName = name;
    entryType = Objects.requireNonNull(dtype);
    entryBegin = size;
  }

  /** Appends bytes to the current entry. */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    write(MemorySegment.ofArray(bytes).asSlice(offset, length));
  }

  /** Appends bytes to the current entry. */
  public void write(MemorySegment bytes) throws IOException {
    requireEntry();
    long count = bytes.byteSize();
    if (count <= buffer.remaining()) {
      buffer.put(bytes.asByteBuffer());
    } else {
      flush();
      output.write(bytes);
    }
    size += count;
  }

  /**
   * Ends the current entry.
   *
   * @param shape its shape; its number of values must match the bytes appended
   * @throws IllegalArgumentException if it does not
   */
  public void end(long... shape) {
    requireEntry();
    long bytes = entryType.byteSize(Shape.count(shape));
    if (bytes != size - entryBegin) {
      throw new IllegalArgumentException(
          "tensor " + ModelFormatException.quote(entryName) + " has " + (size - entryBegin) + " bytes, its shape "
              + bytes);
    }
    entries.add(new SafetensorsHeader.Entry(entryName, entryType.name(), shape.clone(), entryBegin, size));
    entryName = null;
  }

  /** Appends a whole tensor. */
  public void add(TensorView tensor) throws IOException {
    begin(tensor.name(), tensor.dtype());
    write(tensor.data());
    end(tensor.shape());
  }

  private void requireEntry() {
    if (entryName == null) {
      throw new IllegalStateException("no entry has begun");
    }
  }

  private void flush() throws IOException {
    output.write(buffer.flip());
    buffer.clear();
  }

  /**
   * Writes the header and makes the file appear.
   *
   * @param metadata text entries about the file; may be empty
   * @throws IllegalStateException if an entry has not ended
   * @throws IllegalArgumentException if the header exceeds the format's limit of 100,000,000 bytes
   */
  public void commit(Map<String, String> metadata) throws IOException {
    if (entryName != null) {
      throw new IllegalStateException("entry " + ModelFormatException.quote(entryName) + " has not ended");
    }
    flush();
    byte[] header = SafetensorsHeader.toJson(metadata, entries);
    long headerSize = align(header.length);
    if (headerSize > SafetensorsHeader.MAX_BYTES) {
      throw new IllegalArgumentException(
          output.target() + ": a header of " + headerSize + " bytes exceeds the limit of safetensors");
    }
    long padding = reserved - headerSize;
    if (padding < 0 || padding > Math.max(SMALL_PADDING, size / DATA_PER_PADDING)) {
      moveData(LENGTH_BYTES + reserved, LENGTH_BYTES + headerSize);
    } else {
      headerSize = reserved;
    }
    writeHeader(header, headerSize);
    output.commit();
  }

  private void writeHeader(byte[] header, long headerSize) throws IOException {
    ByteBuffer front = ByteBuffer.allocate(Math.toIntExact(LENGTH_BYTES + headerSize)).order(ByteOrder.LITTLE_ENDIAN);
    front.putLong(headerSize).put(header);
    while (front.hasRemaining()) {
      front.put((byte) ' ');
    }
    output.write(front.flip(), 0);
  }

  /** Moves all data within the file, from the end backwards if the new place is later, and cuts the file to its size. */
  private void moveData(long from, long to) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect((int) Math.min(MOVE_BYTES, Math.max(size, 1)));
    for (long moved = 0; moved < size; ) {
      int count = (int) Math.min(block.capacity(), size - moved);
      long offset = to < from ? moved : size - moved - count;
      block.clear().limit(count);
      while (block.hasRemaining()) {
        if (channel.read(block, from + offset + block.position()) < 0) {
          throw new IOException(output.target() + ": the unfinished file was cut while it was written");
        }
      }
      output.write(block.flip(), to + offset);
      moved += count;
    }
    channel.truncate(to + size);
  }

  /** Closes the file; if it was not committed, nothing of it remains. */
  @Override
  public void close() throws IOException {
    output.close();
  }
}
