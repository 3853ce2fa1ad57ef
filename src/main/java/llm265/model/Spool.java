package llm265.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import llm265.tensor.FileStore;
import llm265.tensor.MemoryStore;
import llm265.tensor.StreamStore;

/**
 * Holds coded tensors until they are written to a file. They become ready in any order, and some are coded again once the
 * others are known. So they wait in temporary files instead of memory.
 */
public final class Spool implements StreamKeeper {
  /** Streams of tensors with more values go directly to files of their own; others are made in memory first. */
  private static final long LARGE = 1 << 22;

  private final Path folder;
  private final List<FileChannel> channels = new ArrayList<>();
  private SpoolFile shared;
  private long sharedEnd;

  /**
   * A spool.
   *
   * @param folder folder for its files; null for the system's temporary folder
   */
  public Spool(Path folder) {
    this.folder = folder;
  }

  private record SpoolFile(Path file, FileChannel channel) {
    FileStore storeAt(long start) {
      return new FileStore(file, channel, start);
    }
  }

  private record Entry(FileChannel channel, long start, long size) implements CodingResult.StoredStream {
    @Override
    public MemorySegment map(Arena arena) throws IOException {
      return size == 0 ? MemorySegment.NULL : channel.map(FileChannel.MapMode.READ_ONLY, start, size, arena);
    }
  }

  @Override
  public StreamStore open(long values) throws IOException {
    return values > LARGE ? new LargeStore(openFile()) : new MemoryStore();
  }

  @Override
  public synchronized CodingResult.StoredStream keep(StreamStore store) throws IOException {
    if (store instanceof LargeStore large) {
      return new Entry(large.file.channel, 0, store.size());
    }
    if (shared == null) {
      shared = openFile();
    }
    FileStore target = shared.storeAt(sharedEnd);
    target.append(((MemoryStore) store).toByteArray());
    Entry entry = new Entry(shared.channel, sharedEnd, store.size());
    sharedEnd += store.size();
    return entry;
  }

  private synchronized SpoolFile openFile() throws IOException {
    Path file =
        folder == null ? Files.createTempFile("llm265-", ".spool") : Files.createTempFile(folder, ".llm265-", ".spool");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    channels.add(channel);
    return new SpoolFile(file, channel);
  }

  @Override
  public synchronized void close() throws IOException {
    for (FileChannel channel : channels) {
      channel.close();
    }
  }

  private static final class LargeStore implements StreamStore {
    private final SpoolFile file;
    private final FileStore store;

    LargeStore(SpoolFile file) {
      this.file = file;
      this.store = file.storeAt(0);
    }

    @Override
    public void clear() {
      store.clear();
    }

    @Override
    public void append(byte[] bytes) {
      store.append(bytes);
    }

    @Override
    public void overwrite(long position, byte[] bytes) {
      store.overwrite(position, bytes);
    }

    @Override
    public long size() {
      return store.size();
    }
  }
}
