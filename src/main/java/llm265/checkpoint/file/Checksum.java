package llm265.checkpoint.file;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/** The checksum of a tensor's data. */
public final class Checksum {
  /** Bytes that are looked at as one buffer. */
  private static final long BLOCK = 1 << 20;

  private Checksum() {}

  /** CRC-32C. */
  public static int crc32c(MemorySegment data) {
    CRC32C crc = new CRC32C();
    for (long at = 0; at < data.byteSize(); at += BLOCK) {
      crc.update(data.asSlice(at, Math.min(BLOCK, data.byteSize() - at)).asByteBuffer());
    }
    return (int) crc.getValue();
  }
}
