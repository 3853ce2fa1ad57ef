package llm265.checkpoint;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import llm265.checkpoint.file.CompanionFiles;
import llm265.checkpoint.file.MappedFile;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.OutputFile;
import llm265.checkpoint.file.TensorTable;
import llm265.checkpoint.torch.TorchReader;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/**
 * A checkpoint in several files, safetensors or PyTorch's. It is opened by its index, a JSON object whose {@code weight_map}
 * gives the file of every tensor.
 *
 * <p>The files lie next to the index and are taken in the order of their names. All their tensors are part of the checkpoint. A
 * tensor that the index names must be in the file that it gives. Metadata of all files are joined; if they differ, the first
 * file counts.
 */
public final class ShardedCheckpoint extends TensorTable {
  private static final String WEIGHT_MAP = "weight_map";
  private static final int MAX_FILES = 10_000;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final List<String> TORCH_NAMES = List.of(".bin", ".pt", ".pth");
  private static final String BLANKS = " \t\r\n";

  private final List<TensorTable> files = new ArrayList<>();

  private ShardedCheckpoint(Path path) {
    super(path);
  }

  /**
   * Opens an index and all files that it names.
   *
   * @throws IOException if one of them cannot be read
   * @throws ModelFormatException if one of them is damaged, or they do not belong together
   */
  public static ShardedCheckpoint open(Path path) throws IOException {
    ShardedCheckpoint checkpoint = new ShardedCheckpoint(path);
    try {
      checkpoint.read();
      return checkpoint;
    } catch (IOException | RuntimeException | Error e) {
      checkpoint.close();
      throw e;
    }
  }

  /**
   * Writes an index.
   *
   * @param totalBytes of all tensors' data
   * @param fileOfTensor the file of every tensor, by its name
   */
  public static void writeIndex(Path path, long totalBytes, Map<String, String> fileOfTensor) throws IOException {
    try (OutputFile file = OutputFile.create(path)) {
      try (JsonGenerator json = SafetensorsHeader.JSON.createGenerator(file.stream(), JsonEncoding.UTF8)) {
        Separators separators = Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
        json.setPrettyPrinter(new DefaultPrettyPrinter(separators).withObjectIndenter(new DefaultIndenter("  ", "\n")));
        json.writeStartObject();
        json.writeObjectFieldStart("metadata");
        json.writeNumberField("total_size", totalBytes);
        json.writeEndObject();
        json.writeObjectFieldStart(WEIGHT_MAP);
        for (Map.Entry<String, String> tensor : fileOfTensor.entrySet()) {
          json.writeStringField(tensor.getKey(), tensor.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
      }
      file.commit();
    }
  }

  private void read() throws IOException {
    Map<String, String> fileOfTensor;
    try (MappedFile index = MappedFile.open(path())) {
      if (index.bytes().byteSize() > SafetensorsHeader.MAX_BYTES) {
        throw bad("an index of " + index.bytes().byteSize() + " bytes is too large");
      }
      fileOfTensor = readIndex(object(index).asByteBuffer());
    }
    CompanionFiles companions = new CompanionFiles(path());
    Map<String, TensorTable> byName = new TreeMap<>();
    fileOfTensor.values().forEach(name -> byName.put(name, null));
    if (byName.size() > MAX_FILES) {
      throw bad("more than " + MAX_FILES + " files");
    }
    for (Map.Entry<String, TensorTable> file : byName.entrySet()) {
      file.setValue(open(file.getKey(), companions.resolve(file.getKey())));
      add(file.getValue());
    }
    fileOfTensor.forEach(
        (tensor, file) -> {
          if (byName.get(file).byName(tensor).isEmpty()) {
            throw bad(
                "tensor " + ModelFormatException.quote(tensor) + " is not in file " + ModelFormatException.quote(file));
          }
        });
  }

  /** The files of tensors, in the order of their names. */
  public List<TensorTable> shards() {
    return Collections.unmodifiableList(files);
  }

  @Override
  public List<Path> files() {
    List<Path> all = new ArrayList<>(List.of(path()));
    files.forEach(file -> all.add(file.path()));
    return all;
  }

  /** Whether all files are safetensors files. */
  public boolean isSafetensors() {
    return files.stream().allMatch(SafetensorsReader.class::isInstance);
  }

  /** The bytes from the first brace on: editors and servers put a byte order mark or blanks before it. */
  private MemorySegment object(MappedFile index) {
    MemorySegment bytes = index.bytes();
    boolean marked = bytes.byteSize() >= BYTE_ORDER_MARK.length
        && Arrays.equals(bytes.asSlice(0, BYTE_ORDER_MARK.length).toArray(LittleEndian.BYTE), BYTE_ORDER_MARK);
    long at = marked ? BYTE_ORDER_MARK.length : 0;
    while (at < bytes.byteSize() && BLANKS.indexOf(bytes.get(LittleEndian.BYTE, at)) >= 0) {
      at++;
    }
    if (at == bytes.byteSize() || bytes.get(LittleEndian.BYTE, at) != '{') {
      throw index.named(bad("index does not begin with '{'"));
    }
    return bytes.asSlice(at);
  }

  @Override
  public long bytes() throws IOException {
    long sum = 0;
    for (TensorTable file : files) {
      sum += file.bytes();
    }
    return sum;
  }

  private void add(TensorTable file) {
    files.add(file);
    for (TensorView tensor : file.tensors()) {
      if (!add(tensor)) {
        throw bad("tensor " + ModelFormatException.quote(tensor.name()) + " is in several files");
      }
    }
    file.unread().forEach(this::addUnread);
    addMetadata(file.metadata());
  }

  /** Opens a shard by the name that the index gives it, since a download cache may link that name to any other. */
  private static TensorTable open(String name, Path path) throws IOException {
    boolean torch = TORCH_NAMES.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
    return torch ? TorchReader.open(path) : SafetensorsReader.open(path);
  }

  /** The file of every tensor, from the index's JSON. */
  private Map<String, String> readIndex(ByteBuffer utf8) {
    Map<String, String> fileOfTensor = null;
    try (JsonParser json = SafetensorsHeader.parser(path(), "index", utf8)) {
      json.nextToken();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        JsonToken value = json.nextToken();
        if (!key.equals(WEIGHT_MAP)) {
          json.skipChildren();
        } else if (value == JsonToken.START_OBJECT) {
          fileOfTensor = readWeightMap(json);
        } else {
          throw bad(WEIGHT_MAP + " is not an object");
        }
      }
    } catch (JsonProcessingException e) {
      throw SafetensorsHeader.invalidJson(path(), "index", e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
    if (fileOfTensor == null) {
      throw bad("no " + WEIGHT_MAP + " in it: not an index of a checkpoint's files");
    }
    return fileOfTensor;
  }

  private Map<String, String> readWeightMap(JsonParser json) throws IOException {
    Map<String, String> fileOfTensor = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String tensor = json.currentName();
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw bad("the file of tensor " + ModelFormatException.quote(tensor) + " is not a string");
      }
      fileOfTensor.put(tensor, json.getText());
    }
    return fileOfTensor;
  }

  private ModelFormatException bad(String problem) {
    return new ModelFormatException(path(), problem);
  }

  @Override
  public String format() {
    return files.isEmpty() ? "safetensors" : files.getFirst().format();
  }

  @Override
  public void close() {
    files.forEach(TensorTable::close);
  }
}
