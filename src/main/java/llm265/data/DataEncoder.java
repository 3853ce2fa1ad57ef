package llm265.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.zip.CRC32C;
import llm265.dtype.DType;
import llm265.parallel.Workers;

/**
 * Encodes numbers, or bytes of any kind, without loss: to a file, or to blocks that stand in a file of somebody else's. SPEC.md,
 * "Data files". Immutable.
 *
 * <p>The bytes depend on nothing but the values and their type: not on the machine, the kernels or the number of threads. Noise
 * takes 11 bytes more in every 256 KiB than it has.
 */
public final class DataEncoder {
  /** Bytes of a block's values: all blocks have as many but the last one, and bytes that make no value. */
  public static final int BLOCK_BYTES = BlockLayout.MOST_BYTES;

  private final DType type;
  private final List<LayoutCandidate> candidates;
  private final Workers workers;

  private DataEncoder(DType type, Workers workers) {
    this.type = type;
    this.candidates = LayoutCandidate.of(type);
    this.workers = workers;
  }

  /** An encoder of bytes of any kind: for each block it measures which numbers they are best taken for. */
  public static DataEncoder ofBytes() {
    return new DataEncoder(null, Workers.CALLER);
  }

  /**
   * An encoder of values of a type, little-endian. Bytes at the end that make no value are encoded, too.
   *
   * @param type of the values; types whose values do not fill whole bytes, or that are not interpreted, count as bytes
   */
  public static DataEncoder of(DType type) {
    return new DataEncoder(type, Workers.CALLER);
  }

  /**
   * The same with more threads.
   *
   * @param threads number of threads at most, the calling one included
   */
  public DataEncoder withThreads(Executor executor, int threads) {
    return new DataEncoder(type, new Workers(executor, threads));
  }

  private int width() {
    return type == null ? 0 : Math.max(1, Math.min(8, type.bits() / 8));
  }

  /**
   * Encodes values as blocks alone, one behind the other: whoever decodes them has to know how many bytes the values have. Values
   * of up to {@link #BLOCK_BYTES} are one block, which has ten bytes beside its body at most.
   */
  public byte[] encodeBlocks(MemorySegment values) {
    List<byte[]> blocks = new ArrayList<>();
    forEachBlock(values, (i, coded) -> blocks.add(coded.block));
    int size = 0;
    for (byte[] block : blocks) {
      size = Math.addExact(size, block.length);
    }
    byte[] all = new byte[size];
    int at = 0;
    for (byte[] block : blocks) {
      System.arraycopy(block, 0, all, at, block.length);
      at += block.length;
    }
    return all;
  }

  /** Encodes values as a file. */
  public byte[] encode(MemorySegment values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      encode(values, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * Encodes values as a file.
   *
   * @throws IOException if that cannot be written
   */
  public void encode(MemorySegment values, OutputStream out) throws IOException {
    CRC32C crc = new CRC32C();
    out.write(DataFile.header(width()));
    writeBlocks(values, out, crc);
    out.write(DataFile.trailer(values.byteSize(), crc));
  }

  /**
   * Encodes all that a stream has as a file; keeps no more of it in memory than some blocks for each thread.
   *
   * @return number of bytes read
   * @throws IOException if one cannot be read or the other not be written
   */
  public long encode(InputStream in, OutputStream out) throws IOException {
    CRC32C crc = new CRC32C();
    out.write(DataFile.header(width()));
    byte[] some = new byte[BlockLayout.MOST_BYTES * 2 * workers.threads()];
    long size = 0;
    int count;
    do {
      count = in.readNBytes(some, 0, some.length);
      writeBlocks(MemorySegment.ofArray(some).asSlice(0, count), out, crc);
      size += count;
    } while (count == some.length);
    out.write(DataFile.trailer(size, crc));
    return size;
  }

  private void writeBlocks(MemorySegment values, OutputStream out, CRC32C crc) throws IOException {
    try {
      forEachBlock(values, (i, coded) -> {
        crc.update(coded.values.asByteBuffer());
        write(out, coded.block);
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void forEachBlock(MemorySegment values, Workers.Consumer<Coded> consumer) {
    // The last bytes, which make no value, are a block of their own.
    long rest = values.byteSize() % Math.max(1, width());
    long whole = values.byteSize() - rest;
    int blocks = Math.toIntExact(Math.ceilDiv(whole, BlockLayout.MOST_BYTES));
    workers.forEachInOrder(rest > 0 ? blocks + 1 : blocks, i -> {
      long at = Math.min((long) i * BlockLayout.MOST_BYTES, whole);
      long end = at == whole ? values.byteSize() : Math.min(whole, at + BlockLayout.MOST_BYTES);
      MemorySegment part = values.asSlice(at, end - at);
      return new Coded(part, Blocks.encode(part, candidates));
    }, consumer);
  }

  private record Coded(MemorySegment values, byte[] block) {}

  private static void write(OutputStream out, byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
