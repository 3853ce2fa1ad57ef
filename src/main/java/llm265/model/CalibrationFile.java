package llm265.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.moments.InputMoments;

/**
 * Second moments of the inputs of linear layers, in a safetensors file. For each input it holds F32 tensors {@code
 * GROUP.moments}, {@code inputs x inputs}, and {@code GROUP.magnitudes}, {@code inputs}, GROUP being the first layer that has
 * this input. The metadata says which layer is of which group, and how many tokens were seen.
 *
 * <p>Moments are read when they are asked for. Thread-safe.
 */
public final class CalibrationFile implements Function<String, InputMoments>, AutoCloseable {
  /** The entry of the metadata. */
  static final String KEY = "llm265.calibration";

  private static final String MOMENTS = ".moments";
  private static final String MAGNITUDES = ".magnitudes";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Checkpoint file;
  private final Map<String, String> groups;
  private final long tokens;

  private CalibrationFile(Checkpoint file, Map<String, String> groups, long tokens) {
    this.file = file;
    this.groups = groups;
    this.tokens = tokens;
  }

  /**
   * Whether a file says that it is one.
   *
   * @throws ModelFormatException if it is damaged, or in no format of {@link Checkpoint}
   */
  static boolean isOne(Path path) throws IOException {
    try (Checkpoint file = Checkpoint.open(path)) {
      return file.metadata().containsKey(KEY);
    }
  }

  /**
   * Opens a file.
   *
   * @throws ModelFormatException if it is damaged, or no file of moments
   */
  public static CalibrationFile open(Path path) throws IOException {
    Checkpoint file = Checkpoint.open(path);
    try {
      String text = file.metadata().get(KEY);
      if (text == null) {
        throw new ModelFormatException(path, "is no calibration: its metadata have no " + KEY);
      }
      JsonNode root = JSON.readTree(text);
      JsonNode layers = root.path("layers");
      long tokens = root.path("tokens").asLong();
      if (!layers.isObject() || tokens < 1) {
        throw new ModelFormatException(path, KEY + " is damaged");
      }
      Map<String, String> groups = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> layer : layers.properties()) {
        groups.put(layer.getKey(), layer.getValue().asText());
      }
      CalibrationFile calibration = new CalibrationFile(file, groups, tokens);
      for (String group : Set.copyOf(groups.values())) {
        calibration.size(group);
      }
      return calibration;
    } catch (JsonProcessingException e) {
      file.close();
      throw new ModelFormatException(path, KEY + " is damaged", e);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private TensorView tensor(String name, int rank) {
    TensorView tensor = file.byName(name).orElseThrow(
        () -> new ModelFormatException(file.path(), "tensor \"" + name + "\" is missing"));
    if (tensor.dtype() != DType.F32 || tensor.rank() != rank) {
      throw new ModelFormatException(file.path(), tensor + " is not of type F32 and rank " + rank);
    }
    return tensor;
  }

  private int size(String group) {
    TensorView magnitudes = tensor(group + MAGNITUDES, 1);
    TensorView moments = tensor(group + MOMENTS, 2);
    long n = magnitudes.count();
    if (n < 1 || moments.shape()[0] != n || moments.shape()[1] != n || n * n > Integer.MAX_VALUE - 8) {
      throw new ModelFormatException(file.path(), moments + " does not fit " + magnitudes);
    }
    return (int) n;
  }

  /** The layers that there are moments for, by the names of their matrices; in the order of the file. */
  public Set<String> layers() {
    return Collections.unmodifiableSet(groups.keySet());
  }

  /**
   * The mean squares of the inputs of each layer, by the name of its matrix: weights for {@link ModelCompressor#withSensitivity}.
   *
   * @throws ModelFormatException if one is negative or not finite
   */
  Map<String, float[]> meanSquares() {
    Map<String, float[]> byGroup = new LinkedHashMap<>();
    Map<String, float[]> squares = new LinkedHashMap<>();
    groups.forEach((layer, group) -> squares.put(layer, byGroup.computeIfAbsent(group, this::diagonal)));
    return squares;
  }

  private float[] diagonal(String group) {
    int n = size(group);
    TensorView moments = tensor(group + MOMENTS, 2);
    float[] squares = new float[n];
    for (int i = 0; i < n; i++) {
      moments.read((long) i * n + i, squares, i, 1);
      if (!(squares[i] >= 0 && squares[i] < Float.POSITIVE_INFINITY)) {
        throw new ModelFormatException(file.path(), "moments of " + group + ": a mean square of an input is " + squares[i]);
      }
    }
    return squares;
  }

  /** Whether there are moments for a layer, by the name of its matrix. */
  public boolean isOf(String layer) {
    return groups.containsKey(layer);
  }

  /**
   * Checks that all layers are tensors of a model.
   *
   * @throws ModelFormatException if one is not; the message names it
   */
  public void requireAllOf(Checkpoint model) {
    for (String layer : groups.keySet()) {
      if (model.byName(layer).isEmpty()) {
        throw new ModelFormatException(file.path(), "\"" + layer + "\" is no tensor of " + model.path());
      }
    }
  }

  /** Number of tokens that moments are of. */
  public long tokens() {
    return tokens;
  }

  /**
   * The moments of a layer's input, by the name of its matrix; null if there are none.
   *
   * @throws ModelFormatException if they are no moments
   */
  @Override
  public InputMoments apply(String layer) {
    String group = groups.get(layer);
    if (group == null) {
      return null;
    }
    int n = size(group);
    try {
      return new InputMoments(doubles(tensor(group + MOMENTS, 2), n * n), doubles(tensor(group + MAGNITUDES, 1), n), tokens);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file.path(), "moments of " + group + ": " + e.getMessage(), e);
    }
  }

  private static double[] doubles(TensorView tensor, int count) {
    float[] floats = new float[count];
    tensor.read(0, floats, 0, count);
    double[] doubles = new double[count];
    for (int i = 0; i < count; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  /**
   * Writes a file.
   *
   * @param groups by layer, the first layer with the same input
   * @param moments by group; called once for each
   * @param tokens number of tokens that they are of
   */
  public static void write(Path path, Map<String, String> groups, Function<String, InputMoments> moments, long tokens)
      throws IOException {
    Map<String, String> metadata = Map.of(KEY, metadata(groups, tokens));
    Set<String> all = new LinkedHashSet<>(groups.values());
    long header = metadata.get(KEY).length() * 2L + 1024;
    for (String group : all) {
      header += SafetensorsWriter.entryBytes(group + MOMENTS, 2) + SafetensorsWriter.entryBytes(group + MAGNITUDES, 1);
    }
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, header)) {
      for (String group : all) {
        InputMoments of = moments.apply(group);
        int n = of.size();
        writer.add(TensorView.copyOf(group + MOMENTS, new long[] {n, n}, floats(of.second())));
        writer.add(TensorView.copyOf(group + MAGNITUDES, new long[] {n}, floats(of.meanMagnitude())));
      }
      writer.commit(metadata);
    }
  }

  private static String metadata(Map<String, String> groups, long tokens) {
    ObjectNode root = JSON.createObjectNode();
    root.put("tokens", tokens);
    ObjectNode layers = root.putObject("layers");
    groups.forEach(layers::put);
    return root.toString();
  }

  private static float[] floats(double[] doubles) {
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  @Override
  public void close() {
    file.close();
  }
}
