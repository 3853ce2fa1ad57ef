package llm265.packed;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import llm265.data.symbol.ByteSink;
import llm265.data.symbol.ByteSource;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.h264.UnsupportedStreamException;

/**
 * The beginning of a packed stream. SPEC.md, "Packed tensors".
 *
 * @param shape dimensions, outermost first
 * @param tile codes that have a class together; 0 for blocks and numbers, which have none of this
 * @param height rows of a band whose words stand column by column; 0 where words stand in their order
 * @param isApart whether codes of each number of a band's column of words have classes by themselves
 * @param segment records whose steps are compared with each other
 * @param chunkBytes bytes of every chunk's values but the last one's
 */
record PackedHeader(
    DType dtype, long[] shape, CodeLayout layout, int tile, int height, boolean isApart, int segment, int chunkBytes) {
  /** "llm265p" behind a byte that no text begins with. */
  static final byte[] MAGIC = {(byte) 0xF5, 'l', 'l', 'm', '2', '6', '5', 'p'};

  static final int VERSION = 1;

  /** Bytes of a chunk's values at most. */
  static final int MOST_CHUNK_BYTES = 1 << 21;

  static final int MOST_TILE = 1 << 15;
  static final int MOST_HEIGHT = 1 << 12;
  private static final int MOST_RANK = 255;

  /** Bytes of a header at most: magic, version, name, shape, the other fields. */
  static final int MOST_BYTES = 8 + 1 + 1 + 255 + 1 + 8 * MOST_RANK + 32;

  /** Bytes of values. */
  long size() {
    return dtype.byteSize(Shape.count(shape));
  }

  int chunks() {
    return Math.toIntExact(Math.ceilDiv(size(), (long) chunkBytes));
  }

  /** Bytes of a chunk's values. */
  int bytesOf(int chunk) {
    return (int) Math.min(chunkBytes, size() - (long) chunk * chunkBytes);
  }

  /** The format of records; null for numbers. */
  RecordFormat format() {
    return switch (layout) {
      case BLOCKS -> BlockFormats.of(dtype);
      case NUMBERS -> null;
      default -> PlainFormats.of(layout, dtype, tile, isApart ? height : 0);
    };
  }

  /** How words stand column by column; null if they do not. */
  Columns columns() {
    return height == 0 ? null : new Columns(dtype.bits() / Byte.SIZE, (int) shape[shape.length - 1], height);
  }

  void write(ByteSink out) {
    out.bytes(MAGIC, 0, MAGIC.length);
    out.u8(VERSION);
    byte[] name = dtype.name().getBytes(StandardCharsets.US_ASCII);
    out.u8(name.length);
    out.bytes(name, 0, name.length);
    out.u8(shape.length);
    for (long dimension : shape) {
      out.number(dimension, 8);
    }
    out.u8(layout.ordinal());
    out.u8(isApart ? 1 : 0);
    out.number(tile, 2);
    out.number(height, 2);
    out.u32(segment);
    out.u32(chunkBytes);
  }

  /**
   * Reads a header.
   *
   * @param in begins with the magic number
   */
  static PackedHeader read(ByteSource in) {
    for (byte expected : MAGIC) {
      if ((byte) in.u8("magic") != expected) {
        throw in.fault("magic", "is not that of a packed tensor");
      }
    }
    int version = in.u8("version");
    if (version != VERSION) {
      throw new UnsupportedStreamException(
          "version", SequenceReader.CLAUSE, version + " is not the one that this program reads, " + VERSION);
    }
    StringBuilder name = new StringBuilder();
    for (int left = in.u8("type"); left > 0; left--) {
      name.append((char) in.u8("type"));
    }
    DType dtype;
    try {
      dtype = DType.valueOf(name.toString());
    } catch (IllegalArgumentException e) {
      throw in.fault("type", "is none that there is");
    }
    long[] shape = new long[in.u8("rank")];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = in.number("dimension", 8);
    }
    int layout = in.u8("layout");
    int apart = in.u8("apart");
    if (layout >= CodeLayout.values().length || apart > 1) {
      throw in.fault("layout", "is none that there is");
    }
    PackedHeader header = new PackedHeader(dtype, shape, CodeLayout.values()[layout], (int) in.number("tile", 2),
        (int) in.number("height", 2), apart == 1, (int) in.number("segment", 4), (int) in.number("chunk size", 4));
    header.check(in);
    return header;
  }

  private void check(ByteSource in) {
    long size;
    try {
      size = size();
    } catch (IllegalArgumentException e) {
      throw in.fault("dimension", "is negative, or there are too many values, or they fill no whole bytes or blocks");
    }
    boolean isTiled = layout != CodeLayout.BLOCKS && layout != CodeLayout.NUMBERS;
    if (!layout.fits(dtype)) {
      throw in.fault("layout", "is not for the type");
    }
    if (isTiled ? tile < 1 || tile > MOST_TILE : tile != 0 || height != 0) {
      throw in.fault("tile", "is out of range");
    }
    if (height > MOST_HEIGHT || height > 0 && (shape.length == 0 || dtype.bits() > Integer.SIZE || dtype.bits() < Byte.SIZE)
        || isApart && (height == 0 || layout != CodeLayout.WORDS_OF_4)) {
      throw in.fault("height", "is out of range");
    }
    if (segment < 1 || segment > MOST_CHUNK_BYTES || chunkBytes < 1 || chunkBytes > MOST_CHUNK_BYTES) {
      throw in.fault("chunk size", "is out of range");
    }
    long unit = layout == CodeLayout.NUMBERS ? 1 : format().recordBytes();
    if (height > 0) {
      long columns = shape[shape.length - 1];
      if (columns > MOST_CHUNK_BYTES || columns().bandBytes() % unit != 0) {
        throw in.fault("height", "is out of range");
      }
      unit = Math.max(unit, columns().bandBytes());
    }
    if (size % Math.max(1, unit) != 0 || chunkBytes % Math.max(1, unit) != 0) {
      throw in.fault("chunk size", "does not hold whole records");
    }
    if (Math.ceilDiv(size, (long) chunkBytes) > Integer.MAX_VALUE) {
      throw in.fault("chunk size", "is too small");
    }
  }

  static int crc(byte[] bytes, int from, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, end - from);
    return (int) crc.getValue();
  }
}
