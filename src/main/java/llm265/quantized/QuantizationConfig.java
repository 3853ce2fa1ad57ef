package llm265.quantized;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import llm265.checkpoint.file.ModelFormatException;

/**
 * What a folder says about its quantization: {@code quantization_config} of its config.json, or a file of its own that older
 * tools write. Only what the tensors themselves leave open is kept.
 */
public final class QuantizationConfig {
  /** A folder that says nothing; formats are then told by the tensors alone. */
  public static final QuantizationConfig NONE = new QuantizationConfig();

  private static final ObjectMapper MAPPER = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  private static final long MAX_BYTES = 1 << 24;
  private static final String CONFIG = "config.json";
  private static final String COMPRESSED_TENSORS = "compressed-tensors";
  private static final String GPTQ = "gptq";
  private static final String AWQ = "awq";

  /** Files of older tools, and the methods that they belong to if they do not say so. */
  private static final Map<String, String> OWN_FILES = Map.of(
      "quantization_config.json", COMPRESSED_TENSORS,
      "quantize_config.json", GPTQ,
      "quant_config.json", AWQ,
      "hf_quant_config.json", "modelopt");

  /** Names of files that say nothing but how weights are quantized; a plain model has none of them. */
  public static final Set<String> FILES = OWN_FILES.keySet();

  private static final Set<String> METHODS =
      Set.of(COMPRESSED_TENSORS, "fp8", "fbgemm_fp8", GPTQ, AWQ, "bitsandbytes", "mxfp4", "modelopt", "modelopt_fp4");
  private static final Set<String> WITH_SCALES = Set.of(COMPRESSED_TENSORS, "fp8", "fbgemm_fp8", "modelopt");
  private static final Set<String> FORMATS = Set.of(
      "dense", "pack-quantized", "int-quantized", "naive-quantized", "float-quantized", "mixed-precision",
      "nvfp4-pack-quantized", "mxfp4-pack-quantized", "mxfp8-quantized");

  private String method;
  private String unread;
  private boolean isSecondGptq;
  private int groupSize;
  private int blockRows;
  private int blockColumns;
  private final Set<Integer> bits = new TreeSet<>();

  private QuantizationConfig() {}

  /**
   * Reads what a folder says.
   *
   * @throws IOException if a file cannot be read
   * @throws ModelFormatException if one is not JSON
   */
  public static QuantizationConfig read(Path folder) throws IOException {
    List<String> names = new ArrayList<>(List.of(CONFIG));
    OWN_FILES.keySet().stream().sorted().forEach(names::add);
    for (String name : names) {
      Path path = folder.resolve(name);
      if (!Files.isRegularFile(path)) {
        continue;
      }
      if (Files.size(path) > MAX_BYTES) {
        throw new ModelFormatException(path, Files.size(path) + " bytes are too many for a configuration");
      }
      QuantizationConfig config;
      try {
        config = parse(path, Files.readString(path));
      } catch (CharacterCodingException e) {
        throw new ModelFormatException(path, "not UTF-8", e);
      }
      if (config.method != null) {
        return config;
      }
    }
    return NONE;
  }

  /**
   * The configuration in the text of a config.json, or of a file that has a quantization only.
   *
   * @param path the file: named in messages; its name tells what older tools left out
   * @throws ModelFormatException if it is not a JSON object
   */
  public static QuantizationConfig parse(Path path, String json) {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(path, "not valid JSON: " + e.getOriginalMessage(), e);
    }
    if (root == null || !root.isObject()) {
      throw new ModelFormatException(path, "not a JSON object");
    }
    String ownMethod = OWN_FILES.get(String.valueOf(path.getFileName()));
    JsonNode node = find(root);
    if (node == null && ownMethod != null) {
      node = root.path("quantization").isObject() ? root.get("quantization") : root;
    }
    return node == null ? NONE : of(node, ownMethod);
  }

  /** The object, which models of text and pictures may have in an inner one. */
  private static JsonNode find(JsonNode object) {
    for (String name : List.of("quantization_config", "compression_config")) {
      if (object.path(name).isObject()) {
        return object.get(name);
      }
    }
    for (JsonNode inner : object) {
      JsonNode found = inner.isObject() ? find(inner) : null;
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static QuantizationConfig of(JsonNode node, String missingMethod) {
    QuantizationConfig config = new QuantizationConfig();
    String named = node.path("quant_method").asText(missingMethod == null ? "" : missingMethod);
    if (named.isEmpty()) {
      named = node.has("config_groups") || node.has("sparsity_config") ? COMPRESSED_TENSORS : "unknown";
    }
    config.method = named.toLowerCase(Locale.ROOT).replace("compressed_tensors", COMPRESSED_TENSORS);
    config.isSecondGptq = "gptq_v2".equals(node.path("checkpoint_format").asText());
    config.groupSize = positive(node.path("group_size"));
    config.setBlock(node.path("weight_block_size"));
    for (String name : List.of("bits", "w_bit")) {
      config.addBits(node.path(name));
    }
    node.path("config_groups").forEach(group -> config.addGroup(group.path("weights")));
    config.unread = config.findUnread(node);
    return config;
  }

  private void addGroup(JsonNode weights) {
    addBits(weights.path("num_bits"));
    setBlock(weights.path("block_structure"));
    groupSize = Math.max(groupSize, positive(weights.path("group_size")));
  }

  private void addBits(JsonNode node) {
    int value = positive(node);
    if (value > 0 && value <= Byte.SIZE) {
      bits.add(value);
    }
  }

  private void setBlock(JsonNode node) {
    if (node.isArray() && node.size() == 2) {
      blockRows = positive(node.get(0));
      blockColumns = positive(node.get(1));
    }
  }

  private static int positive(JsonNode node) {
    return node.isInt() ? Math.max(0, node.intValue()) : 0;
  }

  /** What of it is not read, or null. */
  private String findUnread(JsonNode node) {
    if (!METHODS.contains(method)) {
      return "quant_method " + ModelFormatException.quote(method);
    }
    return switch (method) {
      case COMPRESSED_TENSORS -> unreadFormat(node);
      case GPTQ -> other(node, "checkpoint_format", GPTQ, "gptq_v2");
      case AWQ -> other(node, "version", "gemm");
      default -> node.path("load_in_8bit").asBoolean() ? "8 bits of bitsandbytes" : null;
    };
  }

  private static String unreadFormat(JsonNode node) {
    String sparsity = node.path("sparsity_config").path("format").asText("dense");
    if (!List.of("dense", "null").contains(sparsity)) {
      return "sparsity_config of compressed-tensors";
    }
    if (node.path("transform_config").path("config_groups").size() > 0) {
      return "transform_config of compressed-tensors";
    }
    List<JsonNode> holders = new ArrayList<>(List.of(node));
    node.path("config_groups").forEach(holders::add);
    for (JsonNode holder : holders) {
      String format = holder.path("format").asText("dense");
      if (!format.equals("null") && !FORMATS.contains(format)) {
        return "format " + ModelFormatException.quote(format) + " of compressed-tensors";
      }
    }
    return null;
  }

  private String other(JsonNode node, String name, String... known) {
    String value = node.path(name).asText(known[0]).toLowerCase(Locale.ROOT);
    return value.equals("null") || List.of(known).contains(value)
        ? null
        : name + " " + ModelFormatException.quote(value) + " of " + method;
  }

  /** The method's name in lower case, such as {@code compressed-tensors}; empty if the folder does not say. */
  public Optional<String> method() {
    return Optional.ofNullable(method);
  }

  /** What is not read, such as {@code quant_method "hqq"}; empty if all is. */
  public Optional<String> unread() {
    return Optional.ofNullable(unread);
  }

  /** Bits of integer codes in any part of the model; empty if not said. */
  Set<Integer> bits() {
    return bits;
  }

  /** Weights that share a scale, 0 if not said. */
  int groupSize() {
    return groupSize;
  }

  /** Rows of a block that shares a scale, 0 if not said. */
  int blockRows() {
    return blockRows;
  }

  /** Columns of a block or group that shares a scale, 0 if not said. */
  int blockColumns() {
    return blockColumns > 0 ? blockColumns : groupSize;
  }

  /** Whether GPTQ's zeros are stored as they are, not less 1. */
  boolean isSecondGptq() {
    return isSecondGptq;
  }

  /** Whether every weight of 8 bits must have scales. */
  boolean demandsScales() {
    return method != null && WITH_SCALES.contains(method);
  }
}
