package llm265.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Objects;

/** A stream in a file, from a given position on. */
public final class FileStore implements StreamStore {
  private final Path file;
  private final FileChannel channel;
  private final long start;
  private long size;

  /**
   * A store that writes from {@code start} on. It does not move the channel's position and does not close it.
   *
   * @param file the file's name, for messages
   */
  public FileStore(Path file, FileChannel channel, long start) {
    this.file = file;
    this.channel = channel;
    this.start = start;
  }

  @Override
  public void clear() {
    size = 0;
  }

  @Override
  public void append(byte[] bytes) {
    write(start + size, bytes);
    size += bytes.length;
  }

  @Override
  public void overwrite(long position, byte[] bytes) {
    Objects.checkFromIndexSize(position, bytes.length, size);
    write(start + position, bytes);
  }

  @Override
  public long size() {
    return size;
  }

  private void write(long position, byte[] bytes) {
    ByteBuffer source = ByteBuffer.wrap(bytes);
    try {
      while (source.hasRemaining()) {
        channel.write(source, position + source.position());
      }
    } catch (IOException e) {
      // The message for a full disk does not name the file.
      throw new UncheckedIOException((IOException) new FileSystemException(file.toString(), null, e.getMessage()).initCause(e));
    }
  }
}
