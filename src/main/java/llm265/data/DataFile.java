package llm265.data;

import java.util.zip.CRC32C;
import llm265.data.symbol.ByteSink;
import llm265.data.symbol.ByteSource;
import llm265.h264.UnsupportedStreamException;

/** The beginning and the end of a file of blocks. SPEC.md, "Data files". */
final class DataFile {
  /** "llm265d" behind a byte that no text begins with. */
  static final byte[] MAGIC = {(byte) 0xF5, 'l', 'l', 'm', '2', '6', '5', 'd'};

  static final int VERSION = 1;

  /** Magic, version, width, checksum. */
  static final int HEADER_BYTES = 8 + 1 + 1 + 4;

  /** The size 0 of a block that is none, bytes of all values, their checksum, the trailer's own. */
  static final int TRAILER_BYTES = 1 + 8 + 4 + 4;

  private DataFile() {}

  /** @param width of the values that the encoder was told to expect, in bytes; 0 for bytes of any kind */
  static byte[] header(int width) {
    ByteSink out = new ByteSink(HEADER_BYTES);
    out.bytes(MAGIC, 0, MAGIC.length);
    out.u8(VERSION);
    out.u8(width);
    out.u32(crc(out.array(), out.size()));
    return out.array();
  }

  static byte[] trailer(long size, CRC32C values) {
    ByteSink out = new ByteSink(TRAILER_BYTES);
    out.u8(0);
    out.number(size, 8);
    out.u32((int) values.getValue());
    out.u32(crc(out.array(), out.size()));
    return out.array();
  }

  /** Checks a header, of as many bytes as were there. */
  static void requireHeader(byte[] header) {
    int same = 0;
    while (same < Math.min(MAGIC.length, header.length) && header[same] == MAGIC[same]) {
      same++;
    }
    if (same < MAGIC.length) {
      throw ByteSource.malformed("magic", header.length < MAGIC.length && same == header.length && same > 0
          ? "is cut off" : "is not that of a data file");
    }
    ByteSource source = new ByteSource(header, MAGIC.length, header.length);
    int version = source.u8("version");
    int width = source.u8("width");
    if ((int) source.number("checksum", 4) != crc(header, HEADER_BYTES - 4)) {
      throw ByteSource.malformed("checksum", "does not match the header");
    }
    if (version != VERSION) {
      throw new UnsupportedStreamException(
          "version", "SPEC.md, Data files", version + " is not the one that this program reads, " + VERSION);
    }
    if (width > 8 || Integer.bitCount(width) > 1) {
      throw ByteSource.malformed("width", width + " is none of 0, 1, 2, 4, 8");
    }
  }

  /**
   * Checks a trailer against what came before it.
   *
   * @return number of the values' bytes
   */
  static long requireTrailer(byte[] trailer) {
    ByteSource source = new ByteSource(trailer, 1, trailer.length);
    long size = source.number("total size", 8);
    source.number("checksum", 4);
    if ((int) source.number("checksum", 4) != crc(trailer, TRAILER_BYTES - 4)) {
      throw ByteSource.malformed("checksum", "does not match the trailer");
    }
    return size;
  }

  static void requireWhole(byte[] trailer, long size, CRC32C values) {
    if (requireTrailer(trailer) != size) {
      throw ByteSource.malformed("total size", "is not that of the blocks");
    }
    if ((int) new ByteSource(trailer, 1 + 8, trailer.length).number("checksum", 4) != (int) values.getValue()) {
      throw ByteSource.malformed("checksum", "does not match the values");
    }
  }

  private static int crc(byte[] bytes, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, count);
    return (int) crc.getValue();
  }
}
