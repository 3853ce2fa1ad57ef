package llm265.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Memory for the difference of a tensor from its base while it is coded: of large tensors, a file that is deleted then. */
final class DifferenceMemory implements SegmentAllocator, AutoCloseable {
  private static final long LARGE = 1 << 28;

  private final Arena arena = Arena.ofShared();

  @Override
  public MemorySegment allocate(long bytes, long alignment) {
    if (bytes <= LARGE) {
      return arena.allocate(bytes, alignment);
    }
    try {
      Path file = Files.createTempFile("llm265-", ".delta");
      try (FileChannel channel = FileChannel.open(
          file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
        return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
