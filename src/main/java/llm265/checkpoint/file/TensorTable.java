package llm265.checkpoint.file;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import llm265.dtype.TensorView;

/** Holds what the reader of a format finds in a file: tensors in order and by name, metadata, and tensors that are not read. */
public abstract class TensorTable implements AutoCloseable {
  private final Path path;
  private final List<TensorView> tensors = new ArrayList<>();
  private final Map<String, TensorView> byName = new HashMap<>();
  private final List<UnreadTensor> unread = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  protected TensorTable(Path path) {
    this.path = path;
  }

  /** Adds a tensor after the others; returns false if there is one with that name already. */
  protected final boolean add(TensorView tensor) {
    if (byName.putIfAbsent(tensor.name(), tensor) != null) {
      return false;
    }
    return tensors.add(tensor);
  }

  protected final void addUnread(UnreadTensor tensor) {
    unread.add(tensor);
  }

  /** Adds metadata whose keys are new. */
  protected final void addMetadata(Map<String, String> more) {
    more.forEach(metadata::putIfAbsent);
  }

  /** The file. */
  public final Path path() {
    return path;
  }

  /** The file; if it is an index, also the files that it names. */
  public List<Path> files() {
    return List.of(path);
  }

  /** Bytes of the file; if it is an index, of the files that it names. */
  public long bytes() throws IOException {
    return Files.size(path);
  }

  /** The format's name in lower case. */
  public abstract String format();

  /** The tensors in order. */
  public final List<TensorView> tensors() {
    return Collections.unmodifiableList(tensors);
  }

  /** The tensors that are not read, in the file's order. */
  public final List<UnreadTensor> unread() {
    return Collections.unmodifiableList(unread);
  }

  /** The tensor with a given name. */
  public final Optional<TensorView> byName(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Text entries that the file's writer added, in the file's order. */
  public final Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /**
   * What comes before the data in the file, if it says more than tensors and metadata do: all bytes that a writer needs to make
   * the same file again. Valid as long as the file is open.
   */
  public Optional<MemorySegment> header() {
    return Optional.empty();
  }

  @Override
  public abstract void close();
}
