package llm265.checkpoint.file;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An output file that appears under its name either whole or not at all.
 *
 * <p>Data goes to a hidden file {@code .NAME.part-XXXXXXXX} next to the target; {@link #commit} renames it. Without a commit it
 * is deleted: by {@link #close}, and when the program is interrupted or terminated. A target that is not a regular file
 * (standard output, written {@code -}; a device; a named pipe) is filled on commit from a file in the temporary folder. A
 * symbolic link stays as it is, and the file that it points to is replaced. The new file gets the usual permissions of a new
 * file.
 *
 * <p>This guards against a program that dies, not against loss of power: nothing is forced to the disk. Used by one thread at a
 * time.
 */
public final class OutputFile implements Closeable {
  private static final String STANDARD_OUTPUT = "-";
  /** The name of the file that is standard output, if the system has one. */
  private static final Path STANDARD_OUTPUT_FILE = Path.of("/dev/fd/1");
  private static final int MAX_NAME_PART = 60;
  /** Heap memory is written in pieces of this size, as the channel copies each into native memory first. */
  private static final int PIECE_BYTES = 1 << 20;

  private final Path target;
  /** The target of the rename, or null if the target is filled by copying. */
  private final Path destination;
  private final Path part;
  private final FileChannel channel;
  private final OutputStream stream;
  private boolean finished;

  private OutputFile(Path target, Path destination, Path part, FileChannel channel) {
    this.target = target;
    this.destination = destination;
    this.part = part;
    this.channel = channel;
    this.stream =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            OutputFile.this.write(ByteBuffer.wrap(bytes, offset, length));
          }
        };
  }

  /**
   * Begins a file; does not touch the target yet.
   *
   * @param target the file's name; {@code -} is standard output
   * @throws IOException if the target's folder is missing or cannot be written, or if the target is a folder or read-only
   */
  public static OutputFile create(Path target) throws IOException {
    if (isFilledByCopying(target)) {
      Path folder = Path.of(System.getProperty("java.io.tmpdir"));
      return createPart(target, null, folder, "llm265");
    }
    // Links are followed, so that the link itself survives the rename.
    Path destination = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    if (Files.isDirectory(destination)) {
      throw new FileSystemException(target.toString(), null, "is a directory");
    }
    // A rename would quietly replace a file that its owner has made read-only.
    if (Files.exists(destination) && !Files.isWritable(destination)) {
      throw new AccessDeniedException(target.toString());
    }
    Path folder = destination.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(target.toString(), null, "no such folder: " + folder);
    }
    return createPart(target, destination, folder, destination.getFileName().toString());
  }

  /** A file that is never committed, for what an output is made of: where an unfinished file or folder would be. */
  static OutputFile beside(Path output) throws IOException {
    if (!Files.isDirectory(output)) {
      return create(output);
    }
    Path real = output.toRealPath();
    Path folder = real.getParent();
    return folder == null
        ? createPart(output, null, real, "llm265")
        : createPart(output, null, folder, real.getFileName().toString());
  }

  /**
   * Whether a target is standard output: {@code -}, or any other name of the same file, such as a link to {@code /dev/stdout}.
   * If it is, nothing else may be written to standard output.
   */
  public static boolean isStandardOutput(Path target) {
    if (target.toString().equals(STANDARD_OUTPUT)) {
      return true;
    }
    try {
      return Files.isSameFile(target, STANDARD_OUTPUT_FILE);
    } catch (IOException e) {
      // One of the two does not exist.
      return false;
    }
  }

  private static boolean isFilledByCopying(Path target) {
    if (isStandardOutput(target)) {
      return true;
    }
    // Under /dev and /proc even a seemingly regular file may be an open file of some process: see /dev/fd. /dev/shm is a
    // folder.
    boolean ofProcess = target.startsWith("/dev") && !target.startsWith("/dev/shm") || target.startsWith("/proc");
    return Files.exists(target) && (ofProcess || !Files.isRegularFile(target)) && !Files.isDirectory(target);
  }

  private static OutputFile createPart(Path target, Path destination, Path folder, String name) throws IOException {
    String stem = "." + shortened(name) + ".part-";
    while (true) {
      Path part = folder.resolve(stem + String.format("%08x", ThreadLocalRandom.current().nextInt()));
      UnfinishedOutputs.add(part);
      try {
        // Not Files.createTempFile, which makes files that only their owner may read.
        FileChannel channel =
            FileChannel.open(
                part, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new OutputFile(target, destination, part, channel);
      } catch (FileAlreadyExistsException e) {
        // The name is taken: another random name will do.
        UnfinishedOutputs.remove(part);
      } catch (AccessDeniedException e) {
        UnfinishedOutputs.remove(part);
        throw new AccessDeniedException(target.toString(), null, "cannot write in folder " + folder);
      } catch (IOException | RuntimeException e) {
        UnfinishedOutputs.remove(part);
        throw e;
      }
    }
  }

  /** The beginning of a name, so that the whole stays below the 255 bytes that file systems allow. */
  private static String shortened(String name) {
    if (name.length() <= MAX_NAME_PART) {
      return name;
    }
    boolean splitsPair = Character.isHighSurrogate(name.charAt(MAX_NAME_PART - 1));
    return name.substring(0, splitsPair ? MAX_NAME_PART - 1 : MAX_NAME_PART);
  }

  /** The path given to {@link #create}. */
  public Path target() {
    return target;
  }

  /** The unfinished file, readable and writable anywhere; its position is where {@link #stream} writes. */
  public FileChannel channel() {
    return channel;
  }

  /** An unbuffered stream that writes at the channel's position; closing it does nothing. */
  public OutputStream stream() {
    return stream;
  }

  /** Writes all of some memory, of any size, at the channel's position. */
  public void write(MemorySegment bytes) throws IOException {
    long size = bytes.byteSize();
    for (long at = 0; at < size; at += PIECE_BYTES) {
      write(bytes.asSlice(at, Math.min(PIECE_BYTES, size - at)).asByteBuffer());
    }
  }

  /** Writes all that remains in a buffer at the channel's position. */
  public void write(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw named(e);
    }
  }

  /** Writes all that remains in a buffer from a position of the file on; the channel's position stays. */
  public void write(ByteBuffer bytes, long position) throws IOException {
    long begin = position - bytes.position();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes, begin + bytes.position());
      }
    } catch (IOException e) {
      throw named(e);
    }
  }

  /** Adds the file's name to a failure that lacks it, such as that of a full disk. */
  private IOException named(IOException failure) {
    String name = isStandardOutput(target) ? "standard output" : target.toString();
    return failure instanceof FileSystemException
        ? failure
        : (IOException) new FileSystemException(name, null, failure.getMessage()).initCause(failure);
  }

  /**
   * Makes the file appear under its name, replaces what was there, and closes this object.
   *
   * @throws IllegalStateException if it was committed or closed before
   * @throws IOException if it fails; a regular target is then as it was, and the unfinished file is gone
   */
  public void commit() throws IOException {
    if (finished) {
      throw new IllegalStateException(target + " is committed or closed already");
    }
    try (this) {
      if (destination == null) {
        copyToTarget();
        return;
      }
      // Windows cannot rename an open file.
      channel.close();
      try {
        Files.move(part, destination, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(part, destination, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private void copyToTarget() throws IOException {
    if (isStandardOutput(target)) {
      // Not closed: the descriptor belongs to the process.
      System.out.flush();
      copyTo(new FileOutputStream(FileDescriptor.out).getChannel());
    } else {
      try (FileChannel out = FileChannel.open(target, StandardOpenOption.WRITE)) {
        copyTo(out);
      }
    }
  }

  private void copyTo(WritableByteChannel out) throws IOException {
    long size = channel.size();
    try {
      for (long position = 0; position < size; ) {
        position += channel.transferTo(position, size - position, out);
      }
    } catch (IOException e) {
      throw named(e);
    }
  }

  /** Closes the file; deletes it if it has not been committed, so that the target stays as it was. */
  @Override
  public void close() throws IOException {
    if (finished) {
      return;
    }
    finished = true;
    try {
      channel.close();
    } finally {
      Files.deleteIfExists(part);
      UnfinishedOutputs.remove(part);
    }
  }
}
