package llm265.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Formats of compressed-tensors in which weights are written. Serving programs such as vLLM load them as they are. */
public enum ExportFormat {
  /** {@code pack-quantized}: symmetric 4-bit integers in groups of 128, activations as they are. */
  W4A16("pack-quantized", GroupRounding.GROUP, 1),
  /** {@code float-quantized}: E4M3 with a scale a row; whoever runs the model rounds activations, too, with a scale a token. */
  FP8("float-quantized", 16, 16);

  /** Parts of names of what stays as it is: heads, embeddings, routers, what is no language model, and transposed layers. */
  private static final Set<String> LEFT_OUT = Set.of(
      "lm_head", "score", "classifier", "router", "gate", "shared_expert_gate", "wte", "wpe", "c_attn", "c_fc", "c_proj",
      "visual", "vision_tower", "vision_model", "audio_tower", "multi_modal_projector");
  private static final String WEIGHT = ".weight";
  private static final String HEAD = "lm_head";

  private final String format;
  private final int columnUnit;
  private final int rowUnit;

  ExportFormat(String format, int columnUnit, int rowUnit) {
    this.format = format;
    this.columnUnit = columnUnit;
    this.rowUnit = rowUnit;
  }

  /** The format with a name such as {@code w4a16}, in upper or lower case. */
  public static ExportFormat of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /**
   * Whether a weight is written in this format. Others stay as they are: what is not a matrix named {@code X.weight}, embeddings,
   * heads, routers, and matrices whose rows are not whole groups; FP8 wants multiples of 16 in both dimensions.
   */
  public boolean accepts(String name, long... shape) {
    return isMatrix(name, shape) && shape[0] > 0 && shape[0] % rowUnit == 0 && shape[1] > 0 && shape[1] % columnUnit == 0
        && shape[1] <= MatrixShape.MAX_COLUMNS && segments(name).stream().noneMatch(ExportFormat::isLeftOut);
  }

  private static boolean isMatrix(String name, long... shape) {
    return shape.length == 2 && name.endsWith(WEIGHT);
  }

  private static List<String> segments(String name) {
    return Arrays.asList(name.split("\\."));
  }

  private static boolean isLeftOut(String segment) {
    return LEFT_OUT.contains(segment) || segment.contains("embed");
  }

  /**
   * The {@code quantization_config} to write.
   *
   * @param tensors all tensors of the plain model; modules of matrices that {@link #accepts} does not accept are named in {@code
   *     ignore}
   */
  public ObjectNode config(Collection<TensorSource.Entry> tensors) {
    ObjectNode group = node();
    group.set("input_activations", this == FP8 ? arguments("token", 8, "float", true, 0) : group.nullNode());
    group.set("output_activations", group.nullNode());
    group.putArray("targets").add("Linear");
    group.set("weights", this == FP8
        ? arguments("channel", 8, "float", false, 0)
        : arguments("group", GroupRounding.BITS, "int", false, GroupRounding.GROUP));
    ObjectNode config = node();
    config.putObject("config_groups").set("group_0", group);
    config.put("format", format);
    ArrayNode ignored = config.putArray("ignore");
    ignored(tensors).forEach(ignored::add);
    config.set("kv_cache_scheme", config.nullNode());
    config.put("quant_method", "compressed-tensors");
    config.put("quantization_status", "compressed");
    return config;
  }

  private static ObjectNode node() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static JsonNode arguments(String strategy, int bits, String type, boolean isDynamic, int groupSize) {
    ObjectNode arguments = node();
    arguments.set("actorder", arguments.nullNode());
    arguments.set("block_structure", arguments.nullNode());
    arguments.put("dynamic", isDynamic);
    if (groupSize > 0) {
      arguments.put("group_size", groupSize);
    } else {
      arguments.set("group_size", arguments.nullNode());
    }
    arguments.put("num_bits", bits);
    if (isDynamic) {
      arguments.set("observer", arguments.nullNode());
    } else {
      arguments.put("observer", "minmax");
    }
    arguments.putObject("observer_kwargs");
    arguments.put("strategy", strategy);
    arguments.put("symmetric", true);
    arguments.put("type", type);
    return arguments;
  }

  /** Modules that might else be taken for quantized ones. */
  private Set<String> ignored(Collection<TensorSource.Entry> tensors) {
    Set<String> modules = new TreeSet<>(Set.of(HEAD));
    for (TensorSource.Entry entry : tensors) {
      String name = entry.name();
      if (entry.shape().length >= 2 && !accepts(name, entry.shape()) && name.contains(".")) {
        modules.add(name.substring(0, name.lastIndexOf('.')));
      }
    }
    return modules;
  }
}
