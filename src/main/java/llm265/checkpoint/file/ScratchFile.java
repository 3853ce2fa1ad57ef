package llm265.checkpoint.file;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Data that are of use only while an output is made, and too large for memory: written once, then read as a mapped file. The file
 * is where an unfinished output would be, and goes as that would; see {@link OutputFile}. Used by one thread at a time.
 */
public final class ScratchFile implements Closeable {
  private final OutputFile file;

  private ScratchFile(OutputFile file) {
    this.file = file;
  }

  /**
   * Begins a file.
   *
   * @param output the file or folder that is made with it
   * @throws IOException if nothing can be written there
   */
  public static ScratchFile create(Path output) throws IOException {
    return new ScratchFile(OutputFile.beside(output));
  }

  /** Appends bytes. */
  public void write(MemorySegment bytes) throws IOException {
    file.write(bytes);
  }

  /**
   * Maps what has been written, and takes the file's name away where the system allows that: then nothing is left even of a
   * program that is killed. Nothing can be written any more.
   *
   * @param arena as long as it lives, so does the memory
   */
  public MemorySegment map(Arena arena) throws IOException {
    MemorySegment bytes = file.channel().map(FileChannel.MapMode.READ_ONLY, 0, file.channel().size(), arena);
    try {
      file.close();
    } catch (IOException e) {
      // Windows keeps a mapped file, and the hook for unfinished outputs deletes it at the end of the program.
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
