package llm265.reference.lm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;

/** A model with random weights: configuration and tensors as a folder has them. */
public final class TinyModel {
  private final String config;
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Random random;

  TinyModel(String config, long seed) {
    this.config = config;
    random = new Random(seed);
  }

  /** A matrix whose products keep the size of values. */
  TinyModel matrix(String name, int rows, int columns) {
    return add(name, 0, 1.5 / Math.sqrt(columns), rows, columns);
  }

  TinyModel table(String name, int rows, int columns) {
    return add(name, 0, 0.7, rows, columns);
  }

  TinyModel vector(String name, int size, double mean) {
    return add(name, mean, 0.3, size);
  }

  private TinyModel add(String name, double mean, double deviation, long... shape) {
    int count = 1;
    for (long dimension : shape) {
      count *= (int) dimension;
    }
    float[] data = new float[count];
    for (int i = 0; i < count; i++) {
      data[i] = (float) (mean + deviation * random.nextGaussian());
    }
    shapes.put(name, shape);
    values.put(name, data);
    return this;
  }

  public String config() {
    return config;
  }

  public Map<String, long[]> shapes() {
    return shapes;
  }

  public Map<String, float[]> values() {
    return values;
  }

  /** The same with other names, or with fewer tensors where the new name is null. */
  public TinyModel renamed(UnaryOperator<String> name) {
    TinyModel other = new TinyModel(config, 0);
    values.forEach((old, data) -> {
      String next = name.apply(old);
      if (next != null) {
        other.shapes.put(next, shapes.get(old));
        other.values.put(next, data);
      }
    });
    return other;
  }

  /** The same with part of the configuration's text replaced. */
  public TinyModel configured(String from, String to) {
    TinyModel other = new TinyModel(config.replace(from, to), 0);
    other.shapes.putAll(shapes);
    other.values.putAll(values);
    return other;
  }

  /** Writes the folder with one file of weights. */
  public Path write(Path folder) {
    return write(folder, DType.F32);
  }

  public Path write(Path folder, DType type) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("config.json"), config);
      writeTensors(folder.resolve("model.safetensors"), type, List.copyOf(values.keySet()));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the folder with two files of weights and their index. */
  public Path writeShards(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config);
    List<String> names = List.copyOf(values.keySet());
    int half = names.size() / 2;
    StringBuilder map = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      map.append(i == 0 ? "" : ",").append('"').append(names.get(i)).append("\":\"model-0000").append(i < half ? 1 : 2)
          .append("-of-00002.safetensors\"");
    }
    writeTensors(folder.resolve("model-00001-of-00002.safetensors"), DType.F32, names.subList(0, half));
    writeTensors(folder.resolve("model-00002-of-00002.safetensors"), DType.F32, names.subList(half, names.size()));
    Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"metadata\":{},\"weight_map\":{" + map + "}}");
    return folder;
  }

  private void writeTensors(Path file, DType type, List<String> names) throws IOException {
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, 0)) {
      for (String name : names) {
        float[] data = values.get(name);
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) type.byteSize(data.length)]);
        ValueCodec.write(type, bytes, 0, data, 0, data.length);
        writer.add(new TensorView(name, type, shapes.get(name), bytes));
      }
      writer.commit(Map.of("format", "pt"));
    }
  }
}
