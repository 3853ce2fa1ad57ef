package llm265.spark;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.SafetensorsReader;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import org.apache.hadoop.conf.Configuration;

/**
 * The files of a model in a store, as every process knows them: names, sizes and headers, but none of the data. Where every
 * machine has the files themselves, they are read in place.
 *
 * @param uri of the file or folder
 * @param isLocal whether every machine has it under the same name
 * @param isFolder whether it is a folder
 * @param files the files, by their names in the folder; of local ones nothing is kept but what tells whether they change
 */
record ModelFiles(String uri, boolean isLocal, boolean isFolder, List<ModelFile> files) implements Serializable {
  private static final String SAFETENSORS = ".safetensors";
  private static final String JSON = ".json";
  private static final int LENGTH_BYTES = Long.BYTES;

  /** Headers of so many files are read at a time: what counts is the time that a store takes to answer. */
  private static final int READERS = 16;

  /**
   * A file.
   *
   * @param modified in milliseconds since 1970
   * @param head its first bytes: the header of weights, and all of a JSON file; empty for others
   */
  record ModelFile(String name, long length, long modified, byte[] head) implements Serializable {
    /** What the output depends on. */
    String fact() {
      return "file " + name + " " + length + " " + modified;
    }
  }

  /**
   * Where a tensor's data are.
   *
   * @param file name of the file
   * @param offset of the first byte
   */
  record Range(String file, long offset, long length) {}

  /** Looks through a file or folder. */
  static ModelFiles of(Store store) throws IOException {
    boolean isFolder = store.isFolder();
    List<Store.Status> found = isFolder ? store.list() : List.of(store.status());
    List<ModelFile> files = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(READERS)) {
      new Workers(executor, READERS).forEachInOrder(
          found.size(), i -> file(store, isFolder, found.get(i)), (i, file) -> files.add(file));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new ModelFiles(store.toString(), store.isLocal(), isFolder, List.copyOf(files));
  }

  private static ModelFile file(Store store, boolean isFolder, Store.Status status) {
    try {
      byte[] head = store.isLocal() ? new byte[0] : head(isFolder ? store.resolve(status.name()) : store, status);
      return new ModelFile(status.name(), status.length(), status.modified(), head);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] head(Store file, Store.Status status) throws IOException {
    boolean isNested = status.name().contains("/");
    if (!isNested && status.name().endsWith(JSON) && status.length() <= SafetensorsReader.MOST_HEADER_BYTES) {
      return file.readAll();
    }
    if (isNested || !status.name().endsWith(SAFETENSORS) || status.length() < LENGTH_BYTES) {
      return new byte[0];
    }
    byte[] length = file.read(0, LENGTH_BYTES);
    long header = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
    boolean isHeader = header >= 0 && header <= Math.min(SafetensorsReader.MOST_HEADER_BYTES, status.length() - LENGTH_BYTES);
    return isHeader ? file.read(0, LENGTH_BYTES + (int) header) : length;
  }

  /**
   * One of the files by itself.
   *
   * @param file it, or its mirror, on this machine: if it is local its name may be that of a link's target
   */
  ModelFiles only(Path file) {
    if (!isFolder) {
      return this;
    }
    if (isLocal) {
      return new ModelFiles(file.toUri().toString(), true, false, List.of());
    }
    String name = file.getFileName().toString();
    return new ModelFiles(uri + "/" + name, false, false, files.stream().filter(other -> other.name().equals(name)).toList());
  }

  /** The store's file of a name. */
  Store store(String name, Configuration configuration) throws IOException {
    Store root = Store.of(uri, configuration);
    return isFolder ? root.resolve(name) : root;
  }

  /** Where the mirror is in a folder. */
  Path place(Path scratch) {
    return isFolder ? scratch : scratch.resolve(files.getFirst().name());
  }

  /** A message about the mirror as one about the model. */
  String named(String message, Path mirror) {
    return isLocal || message == null ? message : message.replace(mirror.toString(), uri);
  }

  /**
   * The model on this machine: itself, or files of the same sizes that have holes in place of their data.
   *
   * @param scratch an empty folder
   */
  Path mirror(Path scratch, Configuration configuration) throws IOException {
    if (isLocal) {
      return Store.of(uri, configuration).local();
    }
    for (ModelFile file : files) {
      Path copy = scratch.resolve(file.name());
      Files.createDirectories(copy.getParent());
      try (RandomAccessFile hole = new RandomAccessFile(copy.toFile(), "rw")) {
        hole.write(file.head());
        hole.setLength(file.length());
      }
    }
    Path mirror = place(scratch);
    Path weights = CheckpointFolder.weightsOf(mirror);
    if (!weights.toString().endsWith(SAFETENSORS) && !weights.toString().endsWith(SAFETENSORS + ".index" + JSON)) {
      throw new IllegalArgumentException(uri + ": " + weights.getFileName() + " is not a safetensors file; other formats are "
          + "read where every machine has the files themselves (file:)");
    }
    return mirror;
  }

  /**
   * Where the tensors' data are in the store. Tensors of a safetensors file cover its data without holes.
   *
   * @param mirror the mirror
   * @param weights files of the checkpoint there
   */
  Map<String, Range> ranges(Path mirror, List<Path> weights) throws IOException {
    Map<String, Range> ranges = new HashMap<>();
    Path folder = isFolder ? mirror.toRealPath() : mirror.toRealPath().getParent();
    for (Path path : weights) {
      if (path.toString().endsWith(JSON)) {
        continue;
      }
      String name = folder.relativize(path.toRealPath()).toString();
      ModelFile file = files.stream().filter(candidate -> candidate.name().equals(name)).findFirst().orElseThrow();
      long offset = file.head().length;
      try (SafetensorsReader reader = SafetensorsReader.open(path)) {
        for (TensorView tensor : reader.tensors()) {
          ranges.put(tensor.name(), new Range(name, offset, tensor.byteSize()));
          offset += tensor.byteSize();
        }
      }
    }
    return ranges;
  }
}
