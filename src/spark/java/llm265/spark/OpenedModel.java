package llm265.spark;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import org.apache.hadoop.conf.Configuration;

/** A model as this process knows it: all but the data at once, and the data of single tensors when a task needs them. */
final class OpenedModel implements AutoCloseable {
  /** Integers that say how weights are quantized are read with the headers, up to this size. */
  private static final int MOST_SMALL_BYTES = 1 << 12;

  private final ModelFiles files;
  private final Configuration configuration;
  private final Scratch scratch;
  private final Path path;
  private final Checkpoint checkpoint;
  /** Null if tensors are read in place. */
  private final Map<String, ModelFiles.Range> ranges;

  private OpenedModel(
      ModelFiles files, Configuration configuration, Scratch scratch, Path path, Checkpoint checkpoint,
      Map<String, ModelFiles.Range> ranges) {
    this.files = files;
    this.configuration = configuration;
    this.scratch = scratch;
    this.path = path;
    this.checkpoint = checkpoint;
    this.ranges = ranges;
  }

  /**
   * Opens a model.
   *
   * @throws IllegalArgumentException if it is damaged or in no known format
   */
  static OpenedModel open(ModelFiles files, Configuration configuration) throws IOException {
    Scratch scratch = Scratch.create();
    try {
      Path path = files.mirror(scratch.folder(), configuration);
      Checkpoint checkpoint = Checkpoint.open(path);
      Map<String, ModelFiles.Range> ranges = files.isLocal() ? null : files.ranges(path, checkpoint.files());
      return new OpenedModel(files, configuration, scratch, path, checkpoint, ranges);
    } catch (ModelFormatException e) {
      scratch.close();
      String mirror = scratch.folder() + (files.isFolder() ? "" : "/" + files.files().getFirst().name());
      throw new IllegalArgumentException(e.getMessage().replace(mirror, files.uri()), e);
    } catch (IOException | RuntimeException e) {
      scratch.close();
      throw e;
    }
  }

  /**
   * Opens a model of which some tensors are needed: their data are in it, and holes in place of others.
   *
   * @param most bytes of each tensor's data at most
   */
  static OpenedModel open(ModelFiles files, Configuration configuration, List<String> tensors, long most) throws IOException {
    OpenedModel model = open(files, configuration);
    try {
      if (model.ranges == null) {
        return model;
      }
      Map<String, Store> stores = new HashMap<>();
      for (String tensor : tensors) {
        ModelFiles.Range range = model.ranges.get(tensor);
        Store store = stores.get(range.file());
        if (store == null) {
          store = files.store(range.file(), configuration);
          stores.put(range.file(), store);
        }
        model.fill(store, range, most);
      }
      return model;
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private void fill(Store store, ModelFiles.Range range, long most) throws IOException {
    Path file = files.isFolder() ? path.resolve(range.file()) : path;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      store.read(range.offset(), Math.min(most, range.length()), channel, range.offset());
    }
  }

  /** Fetches a tensor's data into their place. */
  void fill(String tensor) throws IOException {
    if (ranges != null) {
      ModelFiles.Range range = ranges.get(tensor);
      fill(files.store(range.file(), configuration), range, Long.MAX_VALUE);
    }
  }

  /** Fetches what says how weights are quantized: small tensors of integers. */
  void fillSmall() throws IOException {
    for (TensorView tensor : checkpoint.tensors()) {
      boolean isInteger = tensor.dtype().kind() == DType.Kind.SIGNED || tensor.dtype().kind() == DType.Kind.UNSIGNED;
      if (isInteger && tensor.byteSize() <= MOST_SMALL_BYTES) {
        fill(tensor.name());
      }
    }
  }

  /** The model, or its mirror on this machine. */
  Path path() {
    return path;
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  ModelFiles files() {
    return files;
  }

  /** A message about the mirror as one about the model. */
  String named(String message) {
    return files.isLocal() || message == null ? message : message.replace(path.toString(), files.uri());
  }

  /** A tensor with its data, which a task has for as long as it is open. */
  final class Fetched implements AutoCloseable {
    private final Arena arena;
    private final Path file;
    private final TensorView view;

    private Fetched(int number, TensorView header, Scratch target) throws IOException {
      ModelFiles.Range range = ranges.get(header.name());
      arena = Arena.ofShared();
      try {
        file = target.fetch(
            files.store(range.file(), configuration), range.offset(), range.length(), "tensor-" + number);
        view = new TensorView(header.name(), header.dtype(), header.shape(), map(file, arena));
      } catch (IOException | RuntimeException e) {
        arena.close();
        throw e;
      }
    }

    private Fetched(TensorView inPlace) {
      arena = null;
      file = null;
      view = inPlace;
    }

    TensorView view() {
      return view;
    }

    @Override
    public void close() throws IOException {
      if (arena != null) {
        arena.close();
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Fetches a tensor.
   *
   * @param number of the tensor in the model
   * @param target where it is put, if it is not read in place
   */
  Fetched fetch(int number, Scratch target) throws IOException {
    TensorView header = checkpoint.tensors().get(number);
    return ranges == null ? new Fetched(header) : new Fetched(number, header, target);
  }

  private static MemorySegment map(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  @Override
  public void close() throws IOException {
    checkpoint.close();
    scratch.close();
  }
}
