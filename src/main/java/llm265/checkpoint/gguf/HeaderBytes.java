package llm265.checkpoint.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes headers: magic, version, the numbers of tensors and keys, keys as they were, tensors. */
final class HeaderBytes {
  static final byte[] MAGIC = {'G', 'G', 'U', 'F'};
  /** Magic, version and the two numbers. */
  static final int FIXED_BYTES = 4 + 4 + 8 + 8;

  private HeaderBytes() {}

  /** The next multiple of an alignment, which is a power of two. */
  static long align(long size, long alignment) {
    return Math.addExact(size, alignment - 1) & -alignment;
  }

  /** A header, without padding. */
  static MemorySegment write(int version, List<GgufEntry> entries, List<GgufTensor> tensors) {
    long size = FIXED_BYTES;
    for (GgufEntry entry : entries) {
      size += entry.bytes().byteSize();
    }
    for (GgufTensor tensor : tensors) {
      size += Long.BYTES + name(tensor).length + Integer.BYTES + (long) Long.BYTES * tensor.shape().length + Integer.BYTES
          + Long.BYTES;
    }
    ByteBuffer header = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).putInt(version).putLong(tensors.size()).putLong(entries.size());
    for (GgufEntry entry : entries) {
      header.put(entry.bytes().asByteBuffer());
    }
    for (GgufTensor tensor : tensors) {
      byte[] name = name(tensor);
      long[] shape = tensor.shape();
      header.putLong(name.length).put(name).putInt(shape.length);
      for (int i = shape.length - 1; i >= 0; i--) {
        header.putLong(shape[i]);
      }
      header.putInt(GgufType.id(tensor.dtype())).putLong(tensor.offset());
    }
    return MemorySegment.ofBuffer(header.flip());
  }

  private static byte[] name(GgufTensor tensor) {
    return tensor.name().getBytes(StandardCharsets.UTF_8);
  }
}
