package llm265.packed;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import llm265.data.symbol.ByteSink;
import llm265.dtype.TensorView;
import llm265.parallel.IdlePool;
import llm265.parallel.Workers;

/**
 * Encodes tensors that are quantized already, without loss and for any bytes. SPEC.md, "Packed tensors".
 *
 * <p>The stream depends on nothing but the tensor and the layout: not on the machine, the kernels or the number of threads. Few
 * chunks are in memory at a time. Bytes that do not become clearly fewer are stored.
 */
public final class PackedEncoder {
  private static final IdlePool<Boolean, ChunkEncoder> IDLE = new IdlePool<>();

  private PackedEncoder() {}

  /**
   * Encodes a tensor with the layout that takes the fewest bytes on a part of it.
   *
   * @return number of bytes written
   * @throws IOException if they cannot be written
   */
  public static long encode(TensorView tensor, OutputStream out, Workers workers) throws IOException {
    return encode(tensor, null, out, workers);
  }

  /**
   * Encodes a tensor.
   *
   * @param layout what its bytes are; null for the best one
   * @return number of bytes written
   * @throws IOException if they cannot be written
   * @throws IllegalArgumentException if the layout is not for tensors of that type
   */
  public static long encode(TensorView tensor, CodeLayout layout, OutputStream out, Workers workers) throws IOException {
    if (layout != null && !layout.fits(tensor.dtype())) {
      throw new IllegalArgumentException(layout + " is not for " + tensor.dtype());
    }
    PackedHeader header = new LayoutSearch(tensor).search(layout);
    ByteSink ends = new ByteSink(PackedHeader.MOST_BYTES);
    header.write(ends);
    long[] size = {ends.size()};
    try {
      out.write(ends.array(), 0, ends.size());
      workers.forEachInOrder(header.chunks(), i -> encode(header, tensor, i), (i, chunk) -> {
        ends.u32(chunk.length);
        size[0] += chunk.length;
        write(out, chunk);
      });
      int lengths = header.chunks() * PackedTensor.LENGTH_BYTES;
      ends.u32(PackedHeader.crc(ends.array(), 0, ends.size()));
      out.write(ends.array(), ends.size() - lengths - PackedTensor.CRC_BYTES, lengths + PackedTensor.CRC_BYTES);
      return size[0] + lengths + PackedTensor.CRC_BYTES;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static byte[] encode(PackedHeader header, TensorView tensor, int chunk) {
    ChunkEncoder encoder = IDLE.take(true, ChunkEncoder::new);
    byte[] bytes = encoder.encode(
        header, tensor.data().asSlice((long) chunk * header.chunkBytes(), header.bytesOf(chunk)));
    IDLE.giveBack(true, encoder);
    return bytes;
  }

  private static void write(OutputStream out, byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
