package llm265.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.zip.CRC32C;
import llm265.data.symbol.ByteSink;
import llm265.data.symbol.ByteSource;
import llm265.data.symbol.DataKernels;
import llm265.h264.MalformedStreamException;
import llm265.parallel.IdlePool;

/**
 * A block with its sizes and its checksum around what {@link BlockEncoder} and {@link BlockDecoder} know. SPEC.md, "Blocks of
 * data".
 *
 * <p>All methods may be called by any thread.
 */
final class Blocks {
  /** Bytes of a block before its body, at most. */
  static final int MOST_HEADER_BYTES = 3 + 3 + 4;

  private static final int CRC_BYTES = 4;

  private static final IdlePool<Boolean, Encoding> ENCODINGS = new IdlePool<>();
  private static final IdlePool<Boolean, Decoding> DECODINGS = new IdlePool<>();

  private Blocks() {}

  /** What encoding a block takes; used by one thread at a time. */
  private static final class Encoding {
    private final BlockEncoder encoder = new BlockEncoder(DataKernels.ACTIVE);
    private final byte[] values = new byte[BlockLayout.MOST_BYTES + DataKernels.SLACK];
    private final ByteSink body = new ByteSink(BlockLayout.MOST_BYTES + DataKernels.SLACK);
    private final ByteSink block = new ByteSink(BlockLayout.MOST_BYTES + DataKernels.SLACK);
  }

  /** What decoding a block takes; used by one thread at a time. */
  private static final class Decoding {
    private final BlockDecoder decoder = new BlockDecoder(DataKernels.ACTIVE);
    private final byte[] block = new byte[MOST_HEADER_BYTES + BlockLayout.MOST_BYTES + 1 + BlockDecoder.SLACK];
  }

  /**
   * The sizes of a block.
   *
   * @param headerBytes before the body, the checksum included
   * @param size of the values in bytes
   * @param length of the body in bytes
   */
  record Header(int headerBytes, int size, int length) {
    int bytes() {
      return headerBytes + length;
    }
  }

  /** Encodes values of 1 to {@link BlockLayout#MOST_BYTES} bytes as a block. */
  static byte[] encode(MemorySegment values, List<LayoutCandidate> candidates) {
    Encoding area = ENCODINGS.take(true, Encoding::new);
    int size = (int) values.byteSize();
    MemorySegment.copy(values, ValueLayout.JAVA_BYTE, 0, area.values, 0, size);
    area.body.clear();
    area.encoder.encode(area.values, 0, size, candidates, area.body);
    area.block.clear();
    area.block.varint(size);
    area.block.varint(area.body.size());
    CRC32C crc = new CRC32C();
    crc.update(area.block.array(), 0, area.block.size());
    crc.update(area.body.array(), 0, area.body.size());
    area.block.u32((int) crc.getValue());
    area.block.bytes(area.body.array(), 0, area.body.size());
    byte[] block = new byte[area.block.size()];
    System.arraycopy(area.block.array(), 0, block, 0, block.length);
    ENCODINGS.giveBack(true, area);
    return block;
  }

  /**
   * Reads the sizes of a block.
   *
   * @throws MalformedStreamException if they are none, or the block ends behind the last of the bytes
   */
  static Header header(MemorySegment bytes, long at) {
    Header header =
        header(bytes.asSlice(at, Math.min(MOST_HEADER_BYTES, bytes.byteSize() - at)).toArray(ValueLayout.JAVA_BYTE));
    if (header.bytes() > bytes.byteSize() - at) {
      throw ByteSource.malformed("block", "ends early");
    }
    return header;
  }

  /** Reads the sizes of a block of which there may be more than these bytes. */
  static Header header(byte[] first) {
    ByteSource source = new ByteSource(first, 0, first.length);
    int size = source.varint("size", BlockLayout.MOST_BYTES);
    if (size == 0) {
      throw ByteSource.malformed("size", "is 0");
    }
    int length = source.varint("length", size + 1);
    source.skip("checksum", CRC_BYTES);
    return new Header(source.position(), size, length);
  }

  /**
   * Decodes a block.
   *
   * @param values receives as many bytes as the header says
   */
  static void decode(MemorySegment bytes, long at, Header header, MemorySegment values) {
    Decoding area = DECODINGS.take(true, Decoding::new);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, area.block, 0, header.bytes());
    int before = header.headerBytes() - CRC_BYTES;
    CRC32C crc = new CRC32C();
    crc.update(area.block, 0, before);
    crc.update(area.block, header.headerBytes(), header.length());
    if ((int) new ByteSource(area.block, before, header.headerBytes()).number("checksum", CRC_BYTES) != (int) crc.getValue()) {
      throw ByteSource.malformed("checksum", "does not match the block");
    }
    area.decoder.decode(area.block, header.headerBytes(), header.bytes(), header.size());
    MemorySegment.copy(area.decoder.values(), 0, values, ValueLayout.JAVA_BYTE, 0, header.size());
    DECODINGS.giveBack(true, area);
  }
}
