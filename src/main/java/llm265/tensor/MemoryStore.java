package llm265.tensor;

import java.util.Arrays;
import java.util.Objects;

/** A stream in an array. */
public final class MemoryStore implements StreamStore {
  private byte[] bytes = new byte[1024];
  private int size;

  @Override
  public void clear() {
    size = 0;
  }

  @Override
  public void append(byte[] more) {
    int needed = Math.addExact(size, more.length);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * size, Integer.MAX_VALUE - 8)));
    }
    System.arraycopy(more, 0, bytes, size, more.length);
    size = needed;
  }

  @Override
  public void overwrite(long position, byte[] replacement) {
    Objects.checkFromIndexSize(position, replacement.length, size);
    System.arraycopy(replacement, 0, bytes, (int) position, replacement.length);
  }

  @Override
  public long size() {
    return size;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }
}
