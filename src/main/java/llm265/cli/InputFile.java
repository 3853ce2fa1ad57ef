package llm265.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is read as a whole: mapped where it is a regular file, else read to its end. */
final class InputFile {
  private InputFile() {}

  /** The bytes of a file, or of standard input for {@code -}, as long as the arena lives. */
  static MemorySegment map(Path path, Arena arena) throws IOException {
    if (path.toString().equals("-")) {
      return MemorySegment.ofArray(System.in.readAllBytes());
    }
    if (Files.isDirectory(path)) {
      throw new IOException(path + ": is a directory");
    }
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (!Files.isRegularFile(path)) {
      return MemorySegment.ofArray(Files.readAllBytes(path));
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }
}
