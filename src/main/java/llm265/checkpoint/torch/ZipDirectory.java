package llm265.checkpoint.torch;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.LittleEndian;

/**
 * The central directory of a zip archive over its mapped bytes, with or without ZIP64 (APPNOTE.TXT 4.3 and 4.5.3).
 *
 * <p>Entries must be stored: their data then are bytes of the file, and nothing is unpacked or copied. Checksums of entries are
 * not looked at, since PyTorch can be told not to compute them.
 */
final class ZipDirectory {
  /** How an entry, and with it an archive, begins. */
  static final int LOCAL_HEADER = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_HEADER = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT = 0xFFFF;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int LOCATOR_64_BYTES = 20;
  private static final int END_64 = 0x06064b50;
  private static final int END_64_BYTES = 56;
  private static final int EXTRA_64 = 1;
  private static final int ENCRYPTED = 1;
  private static final int IN_64 = 0xFFFF_FFFF;
  private static final int MAX_ENTRIES = 1 << 21;

  /** Where an entry's local header is, and what the directory says about its data. */
  private record Entry(long localHeader, long size, long packedSize, int method, int flags) {}

  private final Path path;
  private final MemorySegment file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * Reads the directory.
   *
   * @throws ModelFormatException if it is damaged
   */
  ZipDirectory(Path path, MemorySegment file) {
    this.path = path;
    this.file = file;
    long end = findEnd();
    long count = file.get(LittleEndian.SHORT, end + 10) & 0xFFFF;
    long size = unsigned(end + 12);
    long start = unsigned(end + 16);
    long limit = end;
    long locator = end - LOCATOR_64_BYTES;
    if (locator >= 0 && file.get(LittleEndian.INT, locator) == LOCATOR_64) {
      long end64 = file.get(LittleEndian.LONG, locator + 8);
      if (end64 < 0 || end64 > locator - END_64_BYTES || file.get(LittleEndian.INT, end64) != END_64) {
        throw bad("the end of its ZIP64 directory is not where it should be");
      }
      count = file.get(LittleEndian.LONG, end64 + 32);
      size = file.get(LittleEndian.LONG, end64 + 40);
      start = file.get(LittleEndian.LONG, end64 + 48);
      limit = end64;
    }
    if (start < 0 || size < 0 || start > limit || size > limit - start) {
      throw bad("its directory of " + size + " bytes at byte " + start + " does not lie inside the file");
    }
    if (count < 0 || count > MAX_ENTRIES) {
      throw bad("a directory of " + Long.toUnsignedString(count) + " entries is too large");
    }
    readEntries(start, start + size, count);
  }

  private long findEnd() {
    long last = file.byteSize() - END_BYTES;
    for (long at = last; at >= 0 && at >= last - MAX_COMMENT; at--) {
      if (file.get(LittleEndian.INT, at) == END
          && (file.get(LittleEndian.SHORT, at + 20) & 0xFFFF) == file.byteSize() - at - END_BYTES) {
        return at;
      }
    }
    throw bad("has no directory at its end: it is cut off");
  }

  private void readEntries(long start, long end, long count) {
    long at = start;
    for (long i = 0; i < count; i++) {
      if (end - at < CENTRAL_BYTES || file.get(LittleEndian.INT, at) != CENTRAL_HEADER) {
        throw bad("entry " + i + " of its directory is damaged");
      }
      int nameLength = file.get(LittleEndian.SHORT, at + 28) & 0xFFFF;
      int extraLength = file.get(LittleEndian.SHORT, at + 30) & 0xFFFF;
      int commentLength = file.get(LittleEndian.SHORT, at + 32) & 0xFFFF;
      long next = at + CENTRAL_BYTES + nameLength + extraLength + commentLength;
      if (next > end) {
        throw bad("entry " + i + " of its directory is cut off");
      }
      String name = new String(
          file.asSlice(at + CENTRAL_BYTES, nameLength).toArray(LittleEndian.BYTE), StandardCharsets.UTF_8);
      if (entries.putIfAbsent(name, entry(at, at + CENTRAL_BYTES + nameLength, extraLength)) != null) {
        throw bad("has two entries " + ModelFormatException.quote(name));
      }
      at = next;
    }
  }

  private Entry entry(long at, long extra, int extraLength) {
    long[] sizes = {unsigned(at + 24), unsigned(at + 20), unsigned(at + 42)};
    boolean[] wide = {
      file.get(LittleEndian.INT, at + 24) == IN_64, file.get(LittleEndian.INT, at + 20) == IN_64,
      file.get(LittleEndian.INT, at + 42) == IN_64
    };
    for (long field = extra, end = extra + extraLength; end - field >= 4; ) {
      int length = file.get(LittleEndian.SHORT, field + 2) & 0xFFFF;
      if (file.get(LittleEndian.SHORT, field) == EXTRA_64) {
        long value = field + 4;
        for (int i = 0; i < sizes.length; i++) {
          if (wide[i] && Math.min(end, field + 4 + length) - value >= Long.BYTES) {
            sizes[i] = file.get(LittleEndian.LONG, value);
            value += Long.BYTES;
          }
        }
      }
      field += 4 + length;
    }
    return new Entry(
        sizes[2], sizes[0], sizes[1], file.get(LittleEndian.SHORT, at + 10), file.get(LittleEndian.SHORT, at + 8));
  }

  /** The names of all entries, in the directory's order. */
  Iterable<String> names() {
    return entries.keySet();
  }

  boolean has(String name) {
    return entries.containsKey(name);
  }

  /**
   * The bytes of an entry, in the file.
   *
   * @throws ModelFormatException if there is no such entry, or its data are packed, encrypted or outside of the file
   */
  MemorySegment data(String name) {
    Entry entry = entries.get(name);
    String quoted = ModelFormatException.quote(name);
    if (entry == null) {
      throw bad("has no entry " + quoted);
    }
    if (entry.method() != 0 || entry.size() != entry.packedSize() || (entry.flags() & ENCRYPTED) != 0) {
      throw bad("entry " + quoted + " is compressed or encrypted, which torch.save never does: unpack it, and save it again");
    }
    long local = entry.localHeader();
    if (local < 0 || local > file.byteSize() - LOCAL_BYTES || file.get(LittleEndian.INT, local) != LOCAL_HEADER) {
      throw bad("entry " + quoted + " does not begin where the directory says");
    }
    long begin = local + LOCAL_BYTES + (file.get(LittleEndian.SHORT, local + 26) & 0xFFFF)
        + (file.get(LittleEndian.SHORT, local + 28) & 0xFFFF);
    if (entry.size() < 0 || begin > file.byteSize() || entry.size() > file.byteSize() - begin) {
      throw bad("entry " + quoted + " of " + entry.size() + " bytes reaches beyond the file");
    }
    return file.asSlice(begin, entry.size());
  }

  private long unsigned(long at) {
    return file.get(LittleEndian.INT, at) & 0xFFFF_FFFFL;
  }

  private ModelFormatException bad(String problem) {
    return new ModelFormatException(path, "zip archive: " + problem);
  }
}
