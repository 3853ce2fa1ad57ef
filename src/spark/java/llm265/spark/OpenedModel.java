package llm265.spark;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.MappedFile;
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
      throw new IllegalArgumentException(files.named(e.getMessage(), files.place(scratch.folder())), e);
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
      for (String tensor : tensors) {
        model.fill(tensor, most);
      }
      return model;
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Fetches a tensor's data into their place. @param most bytes of them at most */
  private void fill(String tensor, long most) throws IOException {
    if (ranges == null) {
      return;
    }
    ModelFiles.Range range = ranges.get(tensor);
    Path file = files.isFolder() ? path.resolve(range.file()) : path;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      files.store(range.file(), configuration).read(
          range.offset(), Math.min(most, range.length()), channel, range.offset());
    }
  }

  /** Fetches a tensor's data into their place. */
  void fill(String tensor) throws IOException {
    fill(tensor, Long.MAX_VALUE);
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
    return files.named(message, path);
  }

  /** A tensor with its data, which a task has for as long as it is open. */
  static final class Fetched implements AutoCloseable {
    /** Null if the tensor is read in place. */
    private final MappedFile file;
    private final TensorView view;

    private Fetched(TensorView view, MappedFile file) {
      this.view = view;
      this.file = file;
    }

    TensorView view() {
      return view;
    }

    @Override
    public void close() throws IOException {
      if (file != null) {
        file.close();
        Files.deleteIfExists(file.path());
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
    if (ranges == null) {
      return new Fetched(header, null);
    }
    ModelFiles.Range range = ranges.get(header.name());
    MappedFile file = MappedFile.open(target.fetch(
        files.store(range.file(), configuration), range.offset(), range.length(), "tensor-" + number));
    return new Fetched(new TensorView(header.name(), header.dtype(), header.shape(), file.bytes()), file);
  }

  @Override
  public void close() throws IOException {
    checkpoint.close();
    scratch.close();
  }
}
