package llm265.runtime.transform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.runtime.transform.RotaryTransform.Pairing;

/**
 * What is known of a model's keys and values before any are coded: axes, means and deviations by layer, part and group of heads.
 * {@link KvSamples} learns it; coder and reader must have the same, so its hash says which it is. Immutable and thread-safe.
 *
 * <p>Its file is a safetensors file of F32 tensors: {@code layer.part.group.forward} and {@code .inverse}, {@code channels x
 * channels}, {@code .means} and {@code .deviations}, with {@code layer.part.group} as in {@code 0.keys.0}; {@code
 * rotary.frequencies} if keys are taken before their rotary embedding. The metadata say the rest.
 */
public final class KvProfile implements CoefficientModels {
  /** The entry of the metadata. */
  static final String KEY = "llm265.kvprofile";

  private static final String FREQUENCIES = "rotary.frequencies";
  private static final List<String> MATRICES = List.of("forward", "inverse");
  private static final List<String> VECTORS = List.of("means", "deviations");
  private static final int MOST_CHANNELS = 1 << 14;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KvGeometry geometry;
  private final String model;
  private final long tokens;
  private final List<PrincipalAxes> axes;
  private final List<CoefficientModel> models = new ArrayList<>();

  /** @param axes by layer, then part, then group */
  KvProfile(KvGeometry geometry, String model, long tokens, List<PrincipalAxes> axes) {
    this.geometry = geometry;
    this.model = model;
    this.tokens = tokens;
    this.axes = List.copyOf(axes);
    for (int i = 0; i < axes.size(); i++) {
      CoefficientModel own = axes.get(i).model();
      boolean isOfKeys = i / geometry.groups() % KvPart.values().length == KvPart.KEYS.ordinal();
      models.add(!isOfKeys ? own
          : new CoefficientModel(geometry.unrotated(own.transform()), own.means(), own.deviations()));
    }
  }

  public KvGeometry geometry() {
    return geometry;
  }

  /** Name of the model that it was learnt from. */
  public String model() {
    return model;
  }

  /** Number of tokens that it was learnt from. */
  public long tokens() {
    return tokens;
  }

  /**
   * What is known of a group's coefficients.
   *
   * @param group number of the group of heads
   */
  public CoefficientModel model(int layer, KvPart part, int group) {
    return models.get((layer * KvPart.values().length + part.ordinal()) * geometry.groups() + group);
  }

  @Override
  public CoefficientModel model(int layer, boolean keys, int headGroup) {
    return model(layer, keys ? KvPart.KEYS : KvPart.VALUES, headGroup);
  }

  /**
   * Checks that it is for caches of a geometry.
   *
   * @throws IllegalArgumentException if it is not; the message says why
   */
  public void requireFits(KvGeometry other) {
    String difference = geometry.difference(other);
    if (difference != null) {
      throw new IllegalArgumentException("the profile of " + model + " is for " + difference);
    }
  }

  /** Bytes of all numbers, which is about the size of its file. */
  public long byteSize() {
    long channels = geometry.channels();
    return Float.BYTES * (axes.size() * (MATRICES.size() * channels * channels + VECTORS.size() * channels)
        + geometry.frequencies().length);
  }

  /** SHA-256 of all that coding depends on: geometry and numbers, not the model's name. */
  @Override
  public byte[] hash() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    digest.update((KEY + sizes(JSON.createObjectNode())).getBytes(StandardCharsets.UTF_8));
    update(digest, geometry.frequencies());
    for (PrincipalAxes own : axes) {
      for (float[] numbers : List.of(own.forward(), own.inverse(), own.means(), own.deviations())) {
        update(digest, numbers);
      }
    }
    return digest.digest();
  }

  private static void update(MessageDigest digest, float[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    digest.update(bytes);
  }

  /** {@link #hash} in hexadecimal digits. */
  public String hashText() {
    return HexFormat.of().formatHex(hash());
  }

  private ObjectNode sizes(ObjectNode root) {
    return root.put("version", 1).put("layers", geometry.layers()).put("heads", geometry.heads())
        .put("headSize", geometry.headSize()).put("groupHeads", geometry.groupHeads()).put("pairing", geometry.pairing().name());
  }

  private static String name(KvGeometry geometry, int index) {
    int parts = KvPart.values().length;
    int group = index % geometry.groups();
    int half = index / geometry.groups();
    return half / parts + "." + KvPart.values()[half % parts] + "." + group + ".";
  }

  /** Writes a file, which appears whole. */
  public void write(Path path) throws IOException {
    int n = geometry.channels();
    ObjectNode root = sizes(JSON.createObjectNode()).put("model", model).put("tokens", tokens).put("hash", hashText());
    Map<String, String> metadata = Map.of(KEY, root.toString());
    long header = metadata.get(KEY).length() * 2L + 1024;
    for (int i = 0; i < axes.size(); i++) {
      header += 4 * SafetensorsWriter.entryBytes(name(geometry, i) + VECTORS.getLast(), 2);
    }
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, header)) {
      if (geometry.frequencies().length > 0) {
        writer.add(TensorView.copyOf(FREQUENCIES, new long[] {geometry.frequencies().length}, geometry.frequencies()));
      }
      for (int i = 0; i < axes.size(); i++) {
        String name = name(geometry, i);
        PrincipalAxes own = axes.get(i);
        writer.add(TensorView.copyOf(name + MATRICES.getFirst(), new long[] {n, n}, own.forward()));
        writer.add(TensorView.copyOf(name + MATRICES.getLast(), new long[] {n, n}, own.inverse()));
        writer.add(TensorView.copyOf(name + VECTORS.getFirst(), new long[] {n}, own.means()));
        writer.add(TensorView.copyOf(name + VECTORS.getLast(), new long[] {n}, own.deviations()));
      }
      writer.commit(metadata);
    }
  }

  /**
   * Reads a file.
   *
   * @throws ModelFormatException if it is damaged, or no profile
   */
  public static KvProfile read(Path path) throws IOException {
    try (Checkpoint file = Checkpoint.open(path)) {
      String text = file.metadata().get(KEY);
      if (text == null) {
        throw new ModelFormatException(path, "is no profile of keys and values: its metadata have no " + KEY);
      }
      JsonNode root = JSON.readTree(text);
      KvGeometry geometry = geometry(file, root);
      List<PrincipalAxes> axes = new ArrayList<>();
      long n = geometry.channels();
      for (int i = 0; i < geometry.layers() * KvPart.values().length * geometry.groups(); i++) {
        String name = name(geometry, i);
        axes.add(new PrincipalAxes(
            floats(file, name + MATRICES.getFirst(), n, n), floats(file, name + MATRICES.getLast(), n, n),
            floats(file, name + VECTORS.getFirst(), n), floats(file, name + VECTORS.getLast(), n)));
      }
      KvProfile profile = new KvProfile(geometry, root.path("model").asText(), root.path("tokens").asLong(), axes);
      if (!profile.hashText().equals(root.path("hash").asText())) {
        throw new ModelFormatException(path, "its numbers are not those that its hash was made of");
      }
      return profile;
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(path, KEY + " is damaged", e);
    }
  }

  private static KvGeometry geometry(Checkpoint file, JsonNode root) {
    if (root.path("version").asInt() != 1) {
      throw new ModelFormatException(file.path(), KEY + " is damaged, or of another version");
    }
    try {
      float[] frequencies = file.byName(FREQUENCIES).isPresent()
          ? floats(file, FREQUENCIES, file.byName(FREQUENCIES).get().count()) : new float[0];
      KvGeometry geometry = new KvGeometry(
          root.path("layers").asInt(), root.path("heads").asInt(), root.path("headSize").asInt(),
          root.path("groupHeads").asInt(), frequencies, Pairing.valueOf(root.path("pairing").asText()));
      if ((long) geometry.groupHeads() * geometry.headSize() > MOST_CHANNELS
          || (long) geometry.layers() * geometry.groups() > file.tensors().size()) {
        throw new IllegalArgumentException("there are not so many tensors");
      }
      return geometry;
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file.path(), KEY + " is damaged: " + e.getMessage(), e);
    }
  }

  private static float[] floats(Checkpoint file, String name, long... shape) {
    TensorView tensor = file.byName(name).orElseThrow(
        () -> new ModelFormatException(file.path(), "tensor \"" + name + "\" is missing"));
    long count = 1;
    for (long dimension : shape) {
      count *= dimension;
    }
    if (tensor.dtype() != DType.F32 || !Arrays.equals(tensor.shape(), shape) || count > Integer.MAX_VALUE - 8) {
      throw new ModelFormatException(file.path(), tensor + " is not of type F32 and of the shape that the metadata say");
    }
    float[] floats = new float[(int) count];
    tensor.read(0, floats, 0, floats.length);
    for (float number : floats) {
      if (!Float.isFinite(number)) {
        throw new ModelFormatException(file.path(), tensor + " has the number " + number);
      }
    }
    return floats;
  }
}
