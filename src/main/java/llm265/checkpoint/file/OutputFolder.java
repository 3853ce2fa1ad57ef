package llm265.checkpoint.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import llm265.program.TemporaryFolder;

/**
 * An output folder that appears under its name either whole or not at all, as {@link OutputFile} does for files.
 *
 * <p>Files go to a hidden folder {@code .NAME.part-XXXXXXXX} next to it; {@link #commit} renames that. Used by one thread at a
 * time.
 */
public final class OutputFolder implements Closeable {
  private final Path target;
  private final Path part;
  private boolean finished;

  private OutputFolder(Path target, Path part) {
    this.target = target;
    this.part = part;
  }

  /**
   * Begins a folder; does not touch the target yet.
   *
   * @param target its name; nothing may be there but an empty folder, or one to be replaced
   * @param replaceIfHas a file by which a folder that may be replaced is known, or null to replace none
   * @throws IOException if something else is there, or the folder around it is missing or cannot be written
   */
  public static OutputFolder create(Path target, String replaceIfHas) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    requirePlace(target, absolute);
    if (Files.isDirectory(absolute) && !isEmpty(absolute)) {
      if (replaceIfHas == null) {
        throw new FileSystemException(target.toString(), null, "the folder is not empty");
      }
      if (!Files.isRegularFile(absolute.resolve(replaceIfHas))) {
        throw new FileSystemException(target.toString(), null, "the folder has no " + replaceIfHas + ", and is not replaced");
      }
    }
    String stem = "." + absolute.getFileName() + ".part-";
    Path part = absolute.resolveSibling(stem + String.format("%08x", ThreadLocalRandom.current().nextInt()));
    Files.createDirectory(part);
    UnfinishedOutputs.add(part);
    return new OutputFolder(absolute, part);
  }

  /** Requires a folder around a target, and nothing else than a folder where the target is to be. */
  static void requirePlace(Path target, Path absolute) throws IOException {
    Path around = absolute.getParent();
    if (around == null || !Files.isDirectory(around)) {
      throw new NoSuchFileException(target.toString(), null, "no such folder: " + around);
    }
    if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
      throw new FileAlreadyExistsException(target.toString(), null, "is not a folder");
    }
  }

  static boolean isEmpty(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /** The folder to write files in until it is committed. */
  public Path unfinished() {
    return part;
  }

  /**
   * Makes the folder appear under its name, and replaces what was there.
   *
   * @throws IOException if it fails; the target is then as it was
   */
  public void commit() throws IOException {
    Path old = part.resolveSibling(part.getFileName() + "-old");
    boolean replaces = Files.exists(target);
    if (replaces) {
      Files.move(target, old);
    }
    try {
      Files.move(part, target);
    } catch (IOException e) {
      if (replaces) {
        Files.move(old, target);
      }
      throw e;
    }
    finished = true;
    UnfinishedOutputs.remove(part);
    if (replaces) {
      TemporaryFolder.delete(old);
    }
  }

  /** Deletes the folder if it has not been committed. */
  @Override
  public void close() throws IOException {
    if (!finished) {
      finished = true;
      UnfinishedOutputs.remove(part);
      TemporaryFolder.delete(part);
    }
  }
}
