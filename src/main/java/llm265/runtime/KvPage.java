package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;
import llm265.dtype.LittleEndian;
import llm265.h264.MalformedStreamException;
import llm265.tensor.payload.PayloadReader;

/** A page record in memory: where its cells are, and whether they are whole. Thread-safe. */
final class KvPage {
  private final KvPageFormat format;
  private final byte[] specHash;
  private final byte[] contextHash;
  private final MemorySegment bytes;
  private final int firstToken;
  private final int tokens;
  private final int layerFrom;
  private final int layers;
  private final int[] offsets;
  private final int[] sizes;
  private final boolean[] checked;

  /**
   * Reads the header of a page.
   *
   * @param bytes the page and nothing else
   * @throws MalformedStreamException if it is damaged, or of another sequence
   */
  KvPage(KvPageFormat format, byte[] specHash, byte[] contextHash, MemorySegment bytes) {
    this.format = format;
    this.specHash = specHash;
    this.contextHash = contextHash;
    this.bytes = bytes;
    if (bytes.byteSize() < KvPageFormat.HEADER_BYTES || bytes.byteSize() > Integer.MAX_VALUE - 64) {
      throw PayloadReader.malformed("page", "has " + bytes.byteSize() + " bytes");
    }
    firstToken = bytes.get(LittleEndian.INT, 4);
    tokens = bytes.get(LittleEndian.SHORT, 8) & 0xFFFF;
    layerFrom = bytes.get(LittleEndian.SHORT, 10) & 0xFFFF;
    layers = bytes.get(LittleEndian.SHORT, 12) & 0xFFFF;
    KvSpec spec = format.spec();
    long head = KvPageFormat.HEADER_BYTES + (long) KvPageFormat.SIZE_BYTES * format.cells(layers);
    if (head > bytes.byteSize()) {
      throw PayloadReader.malformed("page", "ends in its header");
    }
    CRC32C crc = KvPageFormat.crc(specHash, contextHash);
    crc.update(bytes.asSlice(4, head - 4).asByteBuffer());
    if ((int) crc.getValue() != bytes.get(LittleEndian.INT, 0)) {
      throw PayloadReader.malformed("page_crc", "is not that of the header");
    }
    if (firstToken < 0 || tokens == 0 || tokens > spec.pageTokens() || layers == 0 || layerFrom + layers > spec.layers()) {
      throw PayloadReader.malformed("page", "is of tokens or layers that its cache has not");
    }
    int cells = format.cells(layers);
    offsets = new int[cells];
    sizes = new int[cells];
    checked = new boolean[cells];
    findCells(head);
  }

  private void findCells(long head) {
    long at = head;
    for (int i = 0; i < offsets.length; i++) {
      long place = KvPageFormat.HEADER_BYTES + (long) KvPageFormat.SIZE_BYTES * i;
      sizes[i] = (bytes.get(LittleEndian.SHORT, place) & 0xFFFF) | ((bytes.get(LittleEndian.BYTE, place + 2) & 0xFF) << 16);
      int slot = format.slot(layerFrom, i, sizes[i]);
      at += KvPageFormat.CRC_BYTES;
      offsets[i] = (int) Math.min(at, Integer.MAX_VALUE);
      at += slot;
      if (sizes[i] > slot || sizes[i] == 0) {
        throw PayloadReader.malformed("cell_bytes", "are " + sizes[i] + " in " + slot);
      }
    }
    if (at != bytes.byteSize()) {
      throw PayloadReader.malformed("page", "has " + bytes.byteSize() + " bytes, its cells " + at);
    }
  }

  int firstToken() {
    return firstToken;
  }

  int tokens() {
    return tokens;
  }

  int layerFrom() {
    return layerFrom;
  }

  int layers() {
    return layers;
  }

  int cells() {
    return offsets.length;
  }

  MemorySegment bytes() {
    return bytes;
  }

  /** Bytes of a cell's body, without what fills its slot. */
  int bodyBytes(int cell) {
    return sizes[cell];
  }

  /** Bytes that fill the slots. */
  int paddingBytes() {
    int sum = 0;
    for (int i = 0; i < sizes.length; i++) {
      sum += format.slot(layerFrom, i, sizes[i]) - sizes[i];
    }
    return sum;
  }

  /** The kind of a cell's body. */
  int kind(int cell) {
    return bytes.get(LittleEndian.BYTE, offsets[cell]) & 7;
  }

  /** The checksum that a cell comes with. */
  int crc(int cell) {
    return bytes.get(LittleEndian.INT, offsets[cell] - KvPageFormat.CRC_BYTES);
  }

  /**
   * Whether a cell's bytes are those that were written.
   *
   * @param source checksum of what its model was learned from; {@link KvPageFormat#NO_SOURCE} if not from other cells
   */
  synchronized boolean isWhole(int cell, long source) {
    if (!checked[cell]) {
      CRC32C crc = KvPageFormat.crc(specHash, contextHash);
      int slot = format.slot(layerFrom, cell, sizes[cell]);
      checked[cell] = KvPageFormat.cellCrc(crc, bytes, cell, source, offsets[cell], slot) == crc(cell);
    }
    return checked[cell];
  }

  /** The body of a cell. */
  byte[] body(int cell) {
    return bytes.asSlice(offsets[cell], sizes[cell]).toArray(LittleEndian.BYTE);
  }
}
