package llm265.checkpoint.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.LittleEndian;

/** Reads a header from front to back. No length is believed before it is compared with the bytes that are left. */
final class HeaderCursor {
  private static final int MAX_NAME_BYTES = 0xFFFF;

  private final Path path;
  private final MemorySegment bytes;
  private long position;
  private String where = "header";

  HeaderCursor(Path path, MemorySegment bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  long position() {
    return position;
  }

  /** What is being read, for messages. */
  void enter(String part) {
    where = part;
  }

  ModelFormatException bad(String problem) {
    return new ModelFormatException(path, where + ": " + problem);
  }

  private long take(long size) {
    if (size < 0 || size > bytes.byteSize() - position) {
      throw bad("the file ends after " + bytes.byteSize() + " bytes, inside of the header");
    }
    long begin = position;
    position += size;
    return begin;
  }

  void skip(long size) {
    take(size);
  }

  int readInt() {
    return bytes.get(LittleEndian.INT, take(Integer.BYTES));
  }

  long readLong() {
    return bytes.get(LittleEndian.LONG, take(Long.BYTES));
  }

  /** A number of things, of which each takes at least some bytes. */
  long readCount(String things, long leastBytes) {
    long count = readLong();
    if (count < 0 || count > (bytes.byteSize() - position) / leastBytes) {
      throw bad(Long.toUnsignedString(count) + " " + things + " are more than the file's " + bytes.byteSize()
          + " bytes can hold");
    }
    return count;
  }

  /** Skips a string of any bytes. */
  void skipText() {
    take(readCount("bytes of text", 1));
  }

  /** A key or a tensor's name. */
  String readName() {
    long size = readCount("bytes of a name", 1);
    if (size == 0 || size > MAX_NAME_BYTES) {
      throw bad(size == 0 ? "its name is empty" : "its name of " + size + " bytes is longer than " + MAX_NAME_BYTES);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(slice(take(size), position).asByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(path, where + ": its name is not UTF-8", e);
    }
  }

  MemorySegment slice(long begin, long end) {
    return bytes.asSlice(begin, end - begin);
  }
}
