package llm265.checkpoint.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Stream;
import llm265.program.TemporaryFolder;

/**
 * An output folder that appears under its name whole or not at all, and whose making can go on after the process has been
 * killed: what is done waits in a hidden folder next to it, {@code .NAME.llm265-part}.
 *
 * <p>The same inputs and settings, which an identity states, find the part of the process before. A part of others is replaced.
 * A lock keeps a second process out. No file at the top of the output may be hidden. Used by one thread at a time.
 */
public final class PartFolder implements Closeable {
  private static final String SUFFIX = ".llm265-part";
  private static final String OLD_SUFFIX = ".llm265-old";
  private static final String LOCK = "lock";
  private static final String IDENTITY = "identity";
  private static final String OUTPUT = "output";

  /** What was there before. */
  public enum Before {
    /** Nothing. */
    NONE,
    /** A part of the same identity, which goes on. */
    SAME,
    /** A part of another identity, which is gone. */
    OTHER
  }

  private final Path target;
  private final Path part;
  private final FileChannel lock;
  private Before before = Before.NONE;
  private boolean isFinished;

  private PartFolder(Path target, Path part, FileChannel lock) {
    this.target = target;
    this.part = part;
    this.lock = lock;
  }

  /**
   * Begins a folder, or goes on with it; does not touch the target yet.
   *
   * @param target its name; nothing may be there but an empty folder, or one that may be replaced
   * @param mayReplace whether a folder with files in it may be replaced
   * @param identity text about all that the result depends on
   * @throws IOException if something else is there, the folder around it is missing or cannot be written, or another process is
   *     at work on it
   */
  public static PartFolder open(Path target, Predicate<Path> mayReplace, String identity) throws IOException {
    Path real = Files.isDirectory(target) ? target.toRealPath() : target.toAbsolutePath().normalize();
    OutputFolder.requirePlace(target, real);
    if (Files.isDirectory(real) && !OutputFolder.isEmpty(real) && !mayReplace.test(real)) {
      throw new FileSystemException(target.toString(), null, "the folder is not empty, and is not replaced");
    }
    Path part = real.resolveSibling("." + real.getFileName() + SUFFIX);
    PartFolder folder = new PartFolder(real, part, lock(target, part));
    try {
      folder.begin(identity);
      return folder;
    } catch (IOException | RuntimeException | Error e) {
      folder.close();
      throw e;
    }
  }

  private static FileChannel lock(Path target, Path part) throws IOException {
    while (true) {
      Files.createDirectories(part);
      Path file = part.resolve(LOCK);
      FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock;
      try {
        lock = channel.tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null;
      } catch (IOException | RuntimeException | Error e) {
        channel.close();
        throw e;
      }
      if (lock == null) {
        channel.close();
        throw new FileSystemException(
            target.toString(), null, "another process is making this folder: it has locked " + part);
      }
      // Whoever had the lock may have finished just now, and deleted the file; another process may have made it again.
      byte[] mark = (ProcessHandle.current().pid() + " " + System.nanoTime()).getBytes(StandardCharsets.US_ASCII);
      channel.truncate(0).write(ByteBuffer.wrap(mark));
      if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), mark)) {
        return channel;
      }
      channel.close();
    }
  }

  private void begin(String identity) throws IOException {
    Path old = old();
    if (Files.exists(old)) {
      // The process before was killed while it replaced the target.
      if (Files.exists(target)) {
        TemporaryFolder.delete(old);
      } else {
        Files.move(old, target);
      }
    }
    Path file = part.resolve(IDENTITY);
    if (Files.exists(file)) {
      before = Files.readString(file).equals(identity) ? Before.SAME : Before.OTHER;
    }
    if (before != Before.SAME) {
      clear();
      Files.writeString(file, identity);
    }
    Files.createDirectories(output());
    deleteUnfinished();
  }

  /** Deletes what the process before was writing when it was killed; see {@link OutputFile}. */
  private void deleteUnfinished() throws IOException {
    try (Stream<Path> files = Files.list(output())) {
      for (Path file : files.filter(file -> file.getFileName().toString().startsWith(".")).toList()) {
        TemporaryFolder.delete(file);
      }
    }
  }

  private Path old() {
    return target.resolveSibling("." + target.getFileName() + OLD_SUFFIX);
  }

  private void clear() throws IOException {
    try (Stream<Path> files = Files.list(part)) {
      for (Path file : files.filter(file -> !file.endsWith(LOCK)).toList()) {
        TemporaryFolder.delete(file);
      }
    }
  }

  /** What was there when it was opened. */
  public Before before() {
    return before;
  }

  /** The hidden folder. */
  public Path path() {
    return part;
  }

  /** The folder to write files in until it is committed. */
  public Path output() {
    return part.resolve(OUTPUT);
  }

  /** A folder for what is of use only until then. */
  public Path folder(String name) throws IOException {
    return Files.createDirectories(part.resolve(name));
  }

  /**
   * Makes the folder appear under its name, and replaces what was there.
   *
   * @throws IOException if it fails; the target is then as it was
   */
  public void commit() throws IOException {
    Path old = old();
    boolean replaces = Files.exists(target);
    if (replaces) {
      Files.move(target, old);
    }
    try {
      Files.move(output(), target);
    } catch (IOException e) {
      if (replaces) {
        Files.move(old, target);
      }
      throw e;
    }
    discard();
    if (replaces) {
      TemporaryFolder.delete(old);
    }
  }

  /** Deletes all that has been done. */
  public void discard() throws IOException {
    isFinished = true;
    TemporaryFolder.delete(part);
  }

  /** Whether it has been committed or discarded. */
  public boolean isFinished() {
    return isFinished;
  }

  /** Gives up the lock; what has been done stays, unless it has been committed or discarded. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
