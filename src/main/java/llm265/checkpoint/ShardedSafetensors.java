package llm265.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import llm265.checkpoint.file.CompanionFiles;
import llm265.checkpoint.file.MappedFile;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.TensorTable;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/**
 * A checkpoint in several safetensors files. It is opened by its index, a JSON object whose {@code weight_map} gives the file
 * of every tensor.
 *
 * <p>The files lie next to the index and are taken in the order of their names. All their tensors are part of the checkpoint. A
 * tensor that the index names must be in the file that it gives. Metadata of all files are joined; if they differ, the first
 * file counts.
 */
public final class ShardedSafetensors extends TensorTable {
  private static final String WEIGHT_MAP = "weight_map";
  private static final int MAX_FILES = 10_000;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final String BLANKS = " \t\r\n";

  private final List<SafetensorsReader> files = new ArrayList<>();

  private ShardedSafetensors(Path path) {
    super(path);
  }

  /**
   * Opens an index and all files that it names.
   *
   * @throws IOException if one of them cannot be read
   * @throws ModelFormatException if one of them is damaged, or they do not belong together
   */
  public static ShardedSafetensors open(Path path) throws IOException {
    ShardedSafetensors checkpoint = new ShardedSafetensors(path);
    try {
      checkpoint.read();
      return checkpoint;
    } catch (IOException | RuntimeException | Error e) {
      checkpoint.close();
      throw e;
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
    Map<String, SafetensorsReader> byName = new TreeMap<>();
    fileOfTensor.values().forEach(name -> byName.put(name, null));
    if (byName.size() > MAX_FILES) {
      throw bad("more than " + MAX_FILES + " files");
    }
    for (Map.Entry<String, SafetensorsReader> file : byName.entrySet()) {
      file.setValue(SafetensorsReader.open(companions.resolve(file.getKey())));
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

  /** The files, in the order of their names. */
  public List<SafetensorsReader> files() {
    return Collections.unmodifiableList(files);
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
    for (SafetensorsReader file : files) {
      sum += file.bytes();
    }
    return sum;
  }

  private void add(SafetensorsReader file) {
    files.add(file);
    for (TensorView tensor : file.tensors()) {
      if (!add(tensor)) {
        throw bad("tensor " + ModelFormatException.quote(tensor.name()) + " is in several files");
      }
    }
    addMetadata(file.metadata());
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
      throw bad("no " + WEIGHT_MAP + " in it: not an index of safetensors files");
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
    return "safetensors";
  }

  @Override
  public void close() {
    files.forEach(SafetensorsReader::close);
  }
}
