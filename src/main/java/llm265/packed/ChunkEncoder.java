package llm265.packed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import llm265.data.DataEncoder;
import llm265.data.symbol.ByteSink;
import llm265.data.symbol.DataKernels;

/** Encodes chunks. Used by one thread at a time. */
final class ChunkEncoder {
  /** What coding must save of the bytes. */
  private static final double CLEARLY_LESS = 0.996;

  /** Symbols of a chunk at least that has 64 lanes. */
  private static final int MANY_SYMBOLS = 1 << 16;

  private final SequenceWriter sequences = new SequenceWriter();
  private final PlaneEncoder planeEncoder = new PlaneEncoder();
  private final ByteSink out = new ByteSink(1 << 12);
  private byte[][] planes = new byte[0][];
  private byte[] values = new byte[0];
  private byte[] ordered = new byte[0];

  /** Encodes the values of a chunk, which are stored if that is not clearly more. */
  byte[] encode(PackedHeader header, MemorySegment chunk) {
    int size = (int) chunk.byteSize();
    if (values.length < size) {
      values = new byte[size];
      ordered = new byte[size];
    }
    MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, values, 0, size);
    out.clear();
    out.u32(PackedHeader.crc(values, 0, size));
    RecordFormat format = header.format();
    if (format == null) {
      out.u8(ChunkDecoder.NUMBERS);
      byte[] blocks = DataEncoder.of(header.dtype()).encodeBlocks(chunk);
      out.bytes(blocks, 0, blocks.length);
    } else {
      encodeSymbols(header, format, size);
    }
    if (out.size() > CLEARLY_LESS * size) {
      out.truncate(ChunkDecoder.CRC_BYTES);
      out.u8(ChunkDecoder.STORED);
      out.bytes(values, 0, size);
    }
    return Arrays.copyOf(out.array(), out.size());
  }

  private void encodeSymbols(PackedHeader header, RecordFormat format, int size) {
    byte[] records = values;
    Columns columns = header.columns();
    if (columns != null) {
      columns.gather(values, size, ordered);
      records = ordered;
    }
    int count = size / format.recordBytes();
    List<CodeField> fields = format.fields();
    if (planes.length < fields.size()) {
      planes = Arrays.copyOf(planes, fields.size());
    }
    for (int f = 0; f < fields.size(); f++) {
      int room = count * fields.get(f).perRecord();
      if (planes[f] == null || planes[f].length < room) {
        planes[f] = new byte[room];
      }
    }
    format.split(records, count, planes);
    boolean isMany = (long) count * format.symbols() >= MANY_SYMBOLS;
    sequences.begin(isMany ? DataKernels.MOST_LANES : DataKernels.GROUP);
    for (int f = 0; f < fields.size(); f++) {
      CodeField field = fields.get(f);
      planeEncoder.encode(
          sequences, field, planes[f], count * field.perRecord(), format.cells(f, planes, count, header.segment()));
    }
    out.u8(isMany ? ChunkDecoder.MANY_LANES : ChunkDecoder.FEW_LANES);
    sequences.end(out);
  }
}
