package llm265.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.TensorTable;
import llm265.checkpoint.file.UnreadTensor;
import llm265.dtype.TensorView;

/**
 * An open checkpoint file: named tensors whose data stays in the file until it is read.
 *
 * <p>The file is mapped into memory and must not be changed while it is open. After {@link #close} the tensors' data is no longer
 * accessible. Thread-safe, except for closing while others read.
 */
public final class Checkpoint implements AutoCloseable {
  private final TensorTable file;

  private Checkpoint(TensorTable file) {
    this.file = file;
  }

  /**
   * Opens a file of any supported format, or the weights of a folder. Recognizes the format by the first bytes, and by the name
   * if these are not enough.
   *
   * @throws IOException if it cannot be read
   * @throws ModelFormatException if it is damaged or in no known format
   */
  public static Checkpoint open(Path path) throws IOException {
    Path weights = CheckpointFolder.weightsOf(path);
    return new Checkpoint(CheckpointFormat.of(weights).open(weights));
  }

  /** A checkpoint of tensors that something else than a file's reader has put together; {@link #close} closes it. */
  public static Checkpoint of(TensorTable table) {
    return new Checkpoint(table);
  }

  /** The file. */
  public Path path() {
    return file.path();
  }

  /** The file; if it is an index, also the files that it names. */
  public List<Path> files() {
    return file.files();
  }

  /** Bytes of the file; if it is an index of files, of those files. */
  public long bytes() throws IOException {
    return file.bytes();
  }

  /** The format's name in lower case, such as {@code safetensors}. */
  public String format() {
    return file.format();
  }

  /** Whether this is a safetensors file, or several with an index. */
  public boolean isSafetensors() {
    return file instanceof SafetensorsReader || file instanceof ShardedCheckpoint sharded && sharded.isSafetensors();
  }

  /** The tensors, in the order of their data in the file; names are unique. */
  public List<TensorView> tensors() {
    return file.tensors();
  }

  /**
   * The tensors that are not read, in the file's order; nothing made from this checkpoint contains them. Only ONNX models and
   * PyTorch checkpoints have any.
   */
  public List<UnreadTensor> unread() {
    return file.unread();
  }

  /** The tensor with a given name. */
  public Optional<TensorView> byName(String name) {
    return file.byName(name);
  }

  /** Text entries that the file's writer added, in the file's order; may be empty. */
  public Map<String, String> metadata() {
    return file.metadata();
  }

  /**
   * The bytes before the data of a GGUF file, from which the same file can be made again; valid as long as the checkpoint is
   * open. Empty for other formats.
   */
  public Optional<MemorySegment> header() {
    return file.header();
  }

  /** What has read the file. */
  TensorTable table() {
    return file;
  }

  @Override
  public void close() {
    file.close();
  }
}
