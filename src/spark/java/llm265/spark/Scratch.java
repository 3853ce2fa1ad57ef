package llm265.spark;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import llm265.program.TemporaryFolder;
import org.apache.spark.SparkEnv;

/** A folder of a process's own among those that Spark gives it for its data, and that it deletes with the process. */
final class Scratch implements AutoCloseable {
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final Path folder;

  private Scratch(Path folder) {
    this.folder = folder;
  }

  static Scratch create() throws IOException {
    File[] folders = SparkEnv.get().blockManager().diskBlockManager().localDirs();
    Path folder = folders[Math.floorMod(NEXT.getAndIncrement(), folders.length)].toPath();
    Files.createDirectories(folder);
    return new Scratch(Files.createTempDirectory(folder, "llm265-"));
  }

  Path folder() {
    return folder;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** Copies part of a file of a store to a file of its own. */
  Path fetch(Store store, long offset, long length, String name) throws IOException {
    Path file = file(name);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
      store.read(offset, length, channel, 0);
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    TemporaryFolder.delete(folder);
  }
}
