package llm265.checkpoint.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A whole file mapped read-only, of any size, with an arena that lives as long as the mapping. */
public final class MappedFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;

  private MappedFile(Path path, Arena arena, MemorySegment bytes) {
    this.path = path;
    this.arena = arena;
    this.bytes = bytes;
  }

  public static MappedFile open(Path path) throws IOException {
    // A missing file falls through, so that open() reports it.
    if (Files.isDirectory(path)) {
      throw new FileSystemException(path.toString(), null, "is a directory");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new FileSystemException(path.toString(), null, "not a regular file, cannot be mapped into memory");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new MappedFile(path, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  public Path path() {
    return path;
  }

  /** The file's bytes; reading them after {@link #close} is an IllegalStateException. */
  public MemorySegment bytes() {
    return bytes;
  }

  /** Holds data that is converted instead of mapped; it is freed together with the mapping. */
  public Arena arena() {
    return arena;
  }

  /** A fault of this file. If the file is in a foreign format, the message says so instead of the original fault. */
  public ModelFormatException named(ModelFormatException fault) {
    return ForeignFormat.of(bytes).map(sentence -> new ModelFormatException(path, sentence, fault)).orElse(fault);
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
