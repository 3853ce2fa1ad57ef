package llm265.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import llm265.checkpoint.file.MappedFile;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.TensorTable;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/**
 * A safetensors file, mapped into memory.
 *
 * <p>Layout: the header's size as an unsigned 64-bit little-endian integer, at most 100,000,000; the header, a JSON object padded
 * with white space; the tensors' data. The tensors must cover the data without overlaps or holes, as the format demands. This
 * reader is stricter than the format only where a file would be ambiguous or absurd: no duplicate names, at most 64 dimensions
 * and 2^20 tensors.
 */
public final class SafetensorsReader extends TensorTable {
  /** A header, or an index of several files, is not larger. */
  public static final int MOST_HEADER_BYTES = SafetensorsHeader.MAX_BYTES;

  private static final int LENGTH_BYTES = 8;

  private final MappedFile file;

  private SafetensorsReader(MappedFile file) {
    super(file.path());
    this.file = file;
  }

  /**
   * Opens a file and checks its header; no tensor's data is read.
   *
   * @throws IOException if it cannot be read
   * @throws ModelFormatException if it is not a well-formed safetensors file
   */
  public static SafetensorsReader open(Path path) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(MappedFile.open(path));
    try {
      reader.read();
      return reader;
    } catch (ModelFormatException e) {
      ModelFormatException fault = reader.file.named(e);
      reader.close();
      throw fault;
    } catch (RuntimeException | Error e) {
      reader.close();
      throw e;
    }
  }

  private void read() {
    MemorySegment bytes = file.bytes();
    if (bytes.byteSize() < LENGTH_BYTES) {
      throw new ModelFormatException(path(), "only " + bytes.byteSize() + " bytes, too short for safetensors");
    }
    long headerSize = bytes.get(LittleEndian.LONG, 0);
    if (headerSize < 0 || headerSize > SafetensorsHeader.MAX_BYTES) {
      throw new ModelFormatException(
          path(),
          "not a safetensors file, or a damaged one: header of " + Long.toUnsignedString(headerSize)
              + " bytes, more than the limit of " + SafetensorsHeader.MAX_BYTES);
    }
    if (headerSize > bytes.byteSize() - LENGTH_BYTES) {
      throw new ModelFormatException(
          path(), "header of " + headerSize + " bytes is longer than the file of " + bytes.byteSize());
    }
    SafetensorsHeader header =
        SafetensorsHeader.parse(path(), bytes.asSlice(LENGTH_BYTES, headerSize).asByteBuffer());
    MemorySegment data = bytes.asSlice(LENGTH_BYTES + headerSize);
    addMetadata(header.metadata());
    place(header.entries(), data);
  }

  /** Cuts the data into tensors, in the order of their offsets. */
  private void place(List<SafetensorsHeader.Entry> entries, MemorySegment data) {
    List<SafetensorsHeader.Entry> sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.comparingLong(SafetensorsHeader.Entry::begin).thenComparingLong(SafetensorsHeader.Entry::end));
    long position = 0;
    for (SafetensorsHeader.Entry entry : sorted) {
      long begin = entry.begin();
      long end = entry.end();
      String where = "[" + begin + ", " + end + "] of tensor " + ModelFormatException.quote(entry.name());
      if (end < begin) {
        throw new ModelFormatException(path(), "data_offsets " + where + " run backwards");
      }
      if (end > data.byteSize()) {
        throw new ModelFormatException(
            path(), "data_offsets " + where + " reach beyond the file's " + data.byteSize() + " bytes of data");
      }
      if (begin != position) {
        String fault = begin < position ? " overlap the tensor before" : " leave a hole after byte " + position;
        throw new ModelFormatException(path(), "data_offsets " + where + fault);
      }
      add(view(entry, data.asSlice(begin, end - begin)));
      position = end;
    }
    if (position != data.byteSize()) {
      throw new ModelFormatException(
          path(), data.byteSize() - position + " bytes after the last tensor belong to none");
    }
  }

  private TensorView view(SafetensorsHeader.Entry entry, MemorySegment data) {
    String quoted = ModelFormatException.quote(entry.name());
    DType dtype = DType.SAFETENSORS.stream().filter(type -> type.name().equals(entry.dtypeName())).findFirst().orElseThrow(
        () -> new ModelFormatException(
            path(), "tensor " + quoted + " has unknown dtype " + ModelFormatException.quote(entry.dtypeName())));
    try {
      return new TensorView(entry.name(), dtype, entry.shape(), data);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(path(), "tensor " + quoted + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String format() {
    return "safetensors";
  }

  @Override
  public void close() {
    file.close();
  }
}
