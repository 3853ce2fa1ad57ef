package llm265.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** A file or folder in a store that Hadoop's libraries reach: HDFS, an object store, or files that every machine has. */
final class Store {
  private static final String LOCAL = "file";
  private static final int PIECE_BYTES = 1 << 22;

  private final FileSystem files;
  private final Path path;

  private Store(FileSystem files, Path path) {
    this.files = files;
    this.path = path;
  }

  /**
   * A place; nothing need be there.
   *
   * @param uri such as {@code hdfs://host/models/m} or {@code s3a://bucket/m}; without a scheme it is in the default store
   * @throws IllegalArgumentException if it is no URI
   */
  static Store of(String uri, Configuration configuration) throws IOException {
    Path path = new Path(uri);
    FileSystem found = path.getFileSystem(configuration);
    // Other programs' local files have no files of checksums beside them.
    FileSystem files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
    return new Store(files, files.makeQualified(path));
  }

  /** Whether it is a file of this machine, and of every other that has mounted the same files. */
  boolean isLocal() {
    return files.getUri().getScheme().equals(LOCAL);
  }

  /** The same as a file of this machine. */
  java.nio.file.Path local() {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  String name() {
    return path.getName();
  }

  Store resolve(String name) {
    return new Store(files, new Path(path, new Path(null, null, name)));
  }

  /** The folder that it is in; null for the root. */
  Store parent() {
    return path.getParent() == null ? null : new Store(files, path.getParent());
  }

  /** Whether this is the other, or is in it. */
  boolean startsWith(Store other) {
    for (Path at = path; at != null; at = at.getParent()) {
      if (at.equals(other.path)) {
        return true;
      }
    }
    return false;
  }

  boolean exists() throws IOException {
    return files.exists(path);
  }

  boolean isFolder() throws IOException {
    return files.getFileStatus(path).isDirectory();
  }

  /** What is known of a file without reading it. @param modified in milliseconds since 1970 */
  record Status(String name, long length, long modified) {}

  Status status() throws IOException {
    FileStatus status = files.getFileStatus(path);
    return new Status(name(), status.getLen(), status.getModificationTime());
  }

  /** All files below a folder, by their names in it, sorted. */
  List<Status> list() throws IOException {
    List<Status> found = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> all = files.listFiles(path, true);
    int prefix = path.toUri().getPath().length();
    while (all.hasNext()) {
      LocatedFileStatus status = all.next();
      String name = status.getPath().toUri().getPath().substring(prefix);
      found.add(new Status(name.replaceFirst("^/+", ""), status.getLen(), status.getModificationTime()));
    }
    found.sort(Comparator.comparing(Status::name));
    return found;
  }

  /** Whether it is a folder with nothing in it. */
  boolean isEmptyFolder() throws IOException {
    return isFolder() && files.listStatus(path).length == 0;
  }

  /** Reads a part of a file. */
  byte[] read(long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    try (FSDataInputStream in = files.open(path)) {
      in.readFully(offset, bytes, 0, length);
    }
    return bytes;
  }

  byte[] readAll() throws IOException {
    try (InputStream in = files.open(path)) {
      return in.readAllBytes();
    }
  }

  /** Copies a part of a file to a place in a file of this machine. */
  void read(long offset, long length, FileChannel target, long position) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE_BYTES, Math.max(1, length))];
    try (FSDataInputStream in = files.open(path)) {
      in.seek(offset);
      for (long done = 0; done < length; ) {
        int count = (int) Math.min(piece.length, length - done);
        in.readFully(piece, 0, count);
        ByteBuffer bytes = ByteBuffer.wrap(piece, 0, count);
        while (bytes.hasRemaining()) {
          done += target.write(bytes, position + done);
        }
      }
    }
  }

  /** Opens a file to be read from its beginning. */
  InputStream open() throws IOException {
    return files.open(path);
  }

  /**
   * Makes a file that appears whole.
   *
   * @param content writes it
   * @param temporary where it is made: a name in the same store that nothing else has
   */
  void write(Store temporary, Content content) throws IOException {
    files.mkdirs(path.getParent());
    try {
      try (OutputStream out = temporary.files.create(temporary.path, true)) {
        content.writeTo(out);
      }
      publish(temporary);
    } finally {
      temporary.delete();
    }
  }

  /** Writes a file's bytes. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private void publish(Store temporary) throws IOException {
    // Another attempt at the same task may have been first: it has made the same bytes.
    if (!files.rename(temporary.path, path) && !files.exists(path)) {
      throw new IOException(path + ": " + temporary.path.getName() + " cannot be renamed to it");
    }
  }

  /** Gives a folder or file another name, where nothing is. */
  void moveTo(Store target) throws IOException {
    files.mkdirs(target.path.getParent());
    if (target.exists() || !files.rename(path, target.path)) {
      throw new IOException(target + ": cannot be made out of " + path + ", where all that is done waits");
    }
  }

  /** Copies a file to a name in this store or another. */
  void copyTo(Store target) throws IOException {
    if (!FileUtil.copy(files, path, target.files, target.path, false, true, files.getConf())) {
      throw new FileNotFoundException(path.toString());
    }
  }

  /** Deletes it with all that is in it, if there is anything. */
  void delete() throws IOException {
    files.delete(path, true);
  }

  /** The URI. */
  @Override
  public String toString() {
    return path.toString();
  }
}
