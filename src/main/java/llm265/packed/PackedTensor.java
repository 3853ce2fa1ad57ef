package llm265.packed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.zip.CRC32C;
import llm265.data.symbol.ByteSource;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.Shape;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.parallel.IdlePool;
import llm265.parallel.Workers;

/**
 * An opened packed stream: its header has been read; chunks are decoded on request. SPEC.md, "Packed tensors".
 *
 * <p>Thread-safe. Whatever the bytes are, only {@link MalformedStreamException} and {@link UnsupportedStreamException} are
 * thrown, and bytes that are decoded are those that were encoded.
 */
public final class PackedTensor {
  static final int LENGTH_BYTES = 4;
  static final int CRC_BYTES = 4;

  private static final IdlePool<Boolean, ChunkDecoder> IDLE = new IdlePool<>();

  private final MemorySegment stream;
  private final PackedHeader header;
  /** Where chunks begin, and the end of the last one. */
  private final long[] starts;

  private PackedTensor(MemorySegment stream, PackedHeader header, long[] starts) {
    this.stream = stream;
    this.header = header;
    this.starts = starts;
  }

  /** Whether a stream begins as a packed one does. */
  public static boolean isPacked(MemorySegment stream) {
    return stream.byteSize() >= PackedHeader.MAGIC.length
        && stream.asSlice(0, PackedHeader.MAGIC.length).mismatch(MemorySegment.ofArray(PackedHeader.MAGIC)) == -1;
  }

  /**
   * Reads a stream's header and the lengths of its chunks.
   *
   * @param stream the whole stream; must stay accessible
   */
  public static PackedTensor open(MemorySegment stream) {
    byte[] first = stream.asSlice(0, Math.min(PackedHeader.MOST_BYTES, stream.byteSize())).toArray(ValueLayout.JAVA_BYTE);
    ByteSource source = new ByteSource(first, 0, first.length, SequenceReader.CLAUSE);
    PackedHeader header = PackedHeader.read(source);
    long headerBytes = source.position();
    int chunks = header.chunks();
    long tailAt = stream.byteSize() - (long) chunks * LENGTH_BYTES - CRC_BYTES;
    if (tailAt < headerBytes) {
      throw source.fault("stream", "ends early");
    }
    CRC32C crc = new CRC32C();
    crc.update(first, 0, (int) headerBytes);
    long[] starts = new long[chunks + 1];
    starts[0] = headerBytes;
    for (int i = 0; i < chunks; i++) {
      int length = stream.get(LittleEndian.INT, tailAt + (long) i * LENGTH_BYTES);
      for (int k = 0; k < LENGTH_BYTES; k++) {
        crc.update(length >>> (8 * k));
      }
      if (length < ChunkDecoder.LEAST_BYTES || length > header.bytesOf(i) + ChunkDecoder.LEAST_BYTES) {
        throw source.fault("length", "is out of range");
      }
      starts[i + 1] = starts[i] + length;
    }
    if (stream.get(LittleEndian.INT, stream.byteSize() - CRC_BYTES) != (int) crc.getValue()) {
      throw source.fault("checksum", "does not match the header and the chunks' lengths");
    }
    if (starts[chunks] != tailAt) {
      throw source.fault("length", "is not that of the chunks");
    }
    return new PackedTensor(stream, header, starts);
  }

  public DType dtype() {
    return header.dtype();
  }

  public long[] shape() {
    return header.shape().clone();
  }

  /** Number of values. */
  public long count() {
    return Shape.count(header.shape());
  }

  /** Bytes of all values. */
  public long byteSize() {
    return header.size();
  }

  /** What the values were taken for. */
  public CodeLayout layout() {
    return header.layout();
  }

  /** Number of chunks, which are decoded one by one. */
  public int chunks() {
    return starts.length - 1;
  }

  /** Index of a chunk's first byte among those of all values. */
  public long firstByte(int chunk) {
    return (long) Objects.checkIndex(chunk, chunks()) * header.chunkBytes();
  }

  /** Index of a chunk's first value. */
  public long firstValue(int chunk) {
    DType dtype = header.dtype();
    return dtype.kind() == DType.Kind.BLOCK
        ? firstByte(chunk) / dtype.blockBytes() * dtype.blockValues()
        : firstByte(chunk) * Byte.SIZE / dtype.bits();
  }

  /**
   * Decodes as many bytes of the values as fit, from one of them on; decodes no more than the chunks that have them.
   *
   * @throws IndexOutOfBoundsException if there are not as many
   */
  public void decode(long firstByte, MemorySegment target, Workers workers) {
    long end = firstByte + target.byteSize();
    if (firstByte < 0 || target.byteSize() > header.size() - firstByte) {
      throw new IndexOutOfBoundsException(target.byteSize() + " bytes from " + firstByte + " on of " + header.size());
    }
    if (end == firstByte) {
      return;
    }
    int first = (int) (firstByte / header.chunkBytes());
    int last = (int) ((end - 1) / header.chunkBytes());
    workers.forEachInOrder(last - first + 1, i -> {
      long chunkAt = (long) (first + i) * header.chunkBytes();
      long from = Math.max(firstByte, chunkAt);
      long to = Math.min(end, chunkAt + header.bytesOf(first + i));
      decode(first + i, (int) (from - chunkAt), target.asSlice(from - firstByte, to - from));
      return true;
    }, (i, done) -> { });
  }

  /** Decodes everything, compares all checksums, and keeps nothing. */
  public void verify(Workers workers) {
    workers.forEachInOrder(chunks(), i -> {
      decode(i, 0, MemorySegment.NULL);
      return true;
    }, (i, done) -> { });
  }

  private void decode(int chunk, int from, MemorySegment target) {
    ChunkDecoder decoder = IDLE.take(true, ChunkDecoder::new);
    byte[] values = decoder.decode(
        header, stream.asSlice(starts[chunk], starts[chunk + 1] - starts[chunk]), header.bytesOf(chunk));
    MemorySegment.copy(values, from, target, ValueLayout.JAVA_BYTE, 0, (int) target.byteSize());
    IDLE.giveBack(true, decoder);
  }
}
