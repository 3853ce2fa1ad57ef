package llm265.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A target that reads a file: the bytes are written into one, in a folder that goes with the process. */
abstract class FileTarget implements FuzzTarget {
  private final String name;
  private final String fileName;
  private Path folder;

  /**
   * @param fileName name of the file, whose ending may choose its reader
   */
  FileTarget(String name, String fileName) {
    this.name = name;
    this.fileName = fileName;
  }

  @Override
  public final String name() {
    return name;
  }

  /** The folder of the file, which may get others. */
  final Path folder() throws IOException {
    if (folder == null) {
      // Files in memory, where there are any: a run takes as long as the file system lets it.
      Path memory = Path.of("/dev/shm");
      folder = Files.isWritable(memory) ? Files.createTempDirectory(memory, "fuzz-") : Files.createTempDirectory("fuzz-");
      Path made = folder;
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
      prepare(folder);
    }
    return folder;
  }

  private static void delete(Path folder) {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes what must lie beside the file. */
  void prepare(Path newFolder) throws IOException {}

  /** Reads the file. */
  abstract void read(Path file) throws Exception;

  @Override
  public final void run(byte[] input) throws Exception {
    read(Files.write(folder().resolve(fileName), input));
  }
}
