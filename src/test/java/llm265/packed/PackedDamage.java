package llm265.packed;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;
import llm265.data.symbol.ByteSource;
import llm265.dtype.LittleEndian;
import llm265.h264.StreamException;

/** Makes the length of the last chunk and the checksum of the header right in damaged streams, so that damage goes deeper. */
public final class PackedDamage {
  private static final long MOST_CHUNKS = 1 << 16;

  private PackedDamage() {}

  /** Repairs a stream in its place, if its header can be read. */
  public static void repair(MemorySegment stream) {
    byte[] bytes = stream.toArray(LittleEndian.BYTE);
    ByteSource source = new ByteSource(bytes, 0, Math.min(bytes.length, PackedHeader.MOST_BYTES), SequenceReader.CLAUSE);
    PackedHeader header;
    try {
      header = PackedHeader.read(source);
    } catch (StreamException e) {
      return;
    }
    int headerBytes = source.position();
    long tailAt = bytes.length - (long) PackedTensor.LENGTH_BYTES * header.chunks() - PackedTensor.CRC_BYTES;
    if (header.chunks() > MOST_CHUNKS || tailAt < headerBytes) {
      return;
    }
    long last = tailAt - headerBytes;
    for (int i = 0; i < header.chunks(); i++) {
      long at = tailAt + (long) PackedTensor.LENGTH_BYTES * i;
      if (i == header.chunks() - 1) {
        stream.set(LittleEndian.INT, at, (int) last);
      }
      last -= stream.get(LittleEndian.INT, at);
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, headerBytes);
    crc.update(stream.asSlice(tailAt, bytes.length - PackedTensor.CRC_BYTES - tailAt).asByteBuffer());
    stream.set(LittleEndian.INT, bytes.length - PackedTensor.CRC_BYTES, (int) crc.getValue());
  }
}
