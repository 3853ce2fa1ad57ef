package llm265.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import llm265.dtype.TensorView;

/**
 * An open checkpoint file: named tensors whose data stays in the file until it is read.
 *
 * <p>The file is mapped into memory and must not be changed while it is open. After {@link #close} the tensors' data is
 * no longer accessible. Thread-safe, but for closing while others read.
 */
public interface Checkpoint extends AutoCloseable {

  /** The file. */
  Path path();

  /** The format's name in lower case, such as {@code safetensors}. */
  String format();

  /** The tensors, in the order of their data in the file; names are unique. */
  List<TensorView> tensors();

  /**
   * A tensor that the file holds beside {@link #tensors}, of a kind that is not read.
   *
   * @param type what it is by the words of the format, such as {@code STRING}
   */
  record Unread(String name, String type) {}

  /** The tensors that are not read, in the file's order; nothing that is made of this checkpoint has them. Empty but for ONNX models. */
  default List<Unread> unread() {
    return List.of();
  }

  /** The tensor of a name. */
  Optional<TensorView> byName(String name);

  /** What the file's writer noted about it as text, in the file's order; may be empty. */
  Map<String, String> metadata();

  @Override
  void close();

  /**
   * Opens a file of any format read here, told by its first bytes, and by its name where these say too little.
   *
   * @throws IOException if it cannot be read
   * @throws ModelFormatException if it is damaged or of no known format
   */
  static Checkpoint open(Path path) throws IOException {
    return CheckpointFormat.of(path).open(path);
  }
}
