package llm265.packed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import llm265.data.DataDecoder;
import llm265.data.symbol.ByteSource;
import llm265.data.symbol.DataKernels;
import llm265.h264.MalformedStreamException;

/** Decodes chunks. Used by one thread at a time. Nothing but {@link MalformedStreamException} escapes, on any bytes. */
final class ChunkDecoder {
  static final int STORED = 0;
  static final int FEW_LANES = 1;
  static final int MANY_LANES = 2;
  static final int NUMBERS = 3;

  static final int CRC_BYTES = 4;

  /** Bytes of a chunk before its values' or symbols': the checksum and the mode. A chunk has no more beside its values' size. */
  static final int LEAST_BYTES = CRC_BYTES + 1;

  private final SequenceReader sequences = new SequenceReader();
  private final PlaneDecoder planeDecoder = new PlaneDecoder();
  private byte[] coded = new byte[0];
  private byte[][] planes = new byte[0][];
  private byte[] values = new byte[0];
  private byte[] ordered = new byte[0];

  /**
   * Decodes a chunk.
   *
   * @param chunk all its bytes
   * @param size of its values in bytes
   * @return its values, from index 0 on, until the next chunk is decoded
   */
  byte[] decode(PackedHeader header, MemorySegment chunk, int size) {
    int length = (int) chunk.byteSize();
    if (coded.length < length + DataKernels.SLACK) {
      coded = new byte[length + DataKernels.SLACK];
    }
    MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, coded, 0, length);
    Arrays.fill(coded, length, length + DataKernels.SLACK, (byte) 0);
    if (values.length < size) {
      values = new byte[size];
    }
    ByteSource source = new ByteSource(coded, 0, length, SequenceReader.CLAUSE);
    int checksum = (int) source.number("checksum", CRC_BYTES);
    int mode = source.u8("mode");
    switch (mode) {
      case STORED -> {
        System.arraycopy(coded, source.skip("values", size), values, 0, size);
        if (!source.isAtEnd()) {
          throw source.fault("chunk", "has bytes too many");
        }
      }
      case FEW_LANES, MANY_LANES -> decodeSymbols(header, source, length, mode, size);
      case NUMBERS -> DataDecoder.create().decodeBlocks(
          chunk.asSlice(source.position()), MemorySegment.ofArray(values).asSlice(0, size));
      default -> throw source.fault("mode", "is none that there is");
    }
    if (PackedHeader.crc(values, 0, size) != checksum) {
      throw source.fault("checksum", "does not match the values");
    }
    return values;
  }

  private void decodeSymbols(PackedHeader header, ByteSource source, int end, int mode, int size) {
    RecordFormat format = header.format();
    if (format == null) {
      throw source.fault("mode", "is not for the layout");
    }
    int lanes = mode == FEW_LANES ? DataKernels.GROUP : DataKernels.MOST_LANES;
    int headBytes = source.varint("head", end);
    int wordBytes = source.varint("words", end);
    int headAt = source.skip("head", headBytes);
    sequences.begin(coded, new ByteSource(coded, headAt, headAt + headBytes, SequenceReader.CLAUSE), lanes,
        source.position(), wordBytes, end);
    int records = size / format.recordBytes();
    List<CodeField> fields = format.fields();
    if (planes.length < fields.size()) {
      planes = Arrays.copyOf(planes, fields.size());
    }
    for (int f = 0; f < fields.size(); f++) {
      CodeField field = fields.get(f);
      int count = records * field.perRecord();
      if (planes[f] == null || planes[f].length < PlaneDecoder.room(count)) {
        planes[f] = new byte[PlaneDecoder.room(count)];
      }
      planeDecoder.decode(sequences, field, count, format.cells(f, planes, records, header.segment()), planes[f]);
    }
    sequences.end();
    Columns columns = header.columns();
    if (columns == null) {
      format.join(planes, records, values);
    } else {
      if (ordered.length < size) {
        ordered = new byte[size];
      }
      format.join(planes, records, ordered);
      columns.scatter(ordered, size, values);
    }
  }
}
