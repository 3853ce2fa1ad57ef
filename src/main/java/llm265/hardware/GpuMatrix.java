package llm265.hardware;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which GPU decodes and encodes which format: the compatibility matrix of the slides of <i>LLM.265</i>, corrected by the
 * documents of the makers.
 *
 * @param sources where it is from, by key
 */
public record GpuMatrix(List<GpuChip> chips, Map<String, String> sources) {
  private static final String RESOURCE = "gpus.json";

  public GpuMatrix {
    chips = List.copyOf(chips);
  }

  /** The matrix that comes with this program. */
  public static GpuMatrix load() {
    try (InputStream in = GpuMatrix.class.getResourceAsStream(RESOURCE)) {
      JsonNode root = new ObjectMapper().readTree(in);
      Map<String, GpuGeneration> generations = new LinkedHashMap<>();
      root.get("generations").forEach(node -> generations.put(node.get("name").asText(), generation(node)));
      List<GpuChip> chips = new ArrayList<>();
      for (JsonNode node : root.get("chips")) {
        chips.add(new GpuChip(
            node.get("name").asText(), generations.get(node.get("generation").asText()), count(node.get("decoders")),
            count(node.get("encoders")), count(node.get("jpeg")), texts(node.get("sources")), texts(node.get("unverified"))));
      }
      Map<String, String> sources = new LinkedHashMap<>();
      root.get("sources").properties().forEach(entry -> sources.put(entry.getKey(), entry.getValue().asText()));
      return new GpuMatrix(chips, sources);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GpuGeneration generation(JsonNode node) {
    return new GpuGeneration(node.get("name").asText(), node.get("vendor").asText(), capabilities(node.get("decode")),
        capabilities(node.get("encode")), texts(node.get("sources")), texts(node.get("unverified")));
  }

  private static Map<VideoFormat, Capability> capabilities(JsonNode node) {
    Map<VideoFormat, Capability> capabilities = new EnumMap<>(VideoFormat.class);
    for (VideoFormat format : VideoFormat.values()) {
      JsonNode capability = node.get(format.name().toLowerCase(Locale.ROOT));
      capabilities.put(format, capability.isNull() ? Capability.NONE : capability.isTextual() ? Capability.UNKNOWN
          : new Capability(true, texts(capability.get("formats")), capability.path("width").asInt(0),
              capability.path("height").asInt(0)));
    }
    return capabilities;
  }

  private static int count(JsonNode node) {
    return node.isNull() ? GpuChip.NOT_KNOWN : node.asInt();
  }

  private static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    node.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** GPUs whose name, generation or maker has a text in it, in any case. */
  public List<GpuChip> find(String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    return chips.stream()
        .filter(chip -> (chip.generation().vendor() + " " + chip.name() + " " + chip.generation().name())
            .toLowerCase(Locale.ROOT).contains(wanted))
        .toList();
  }

  /** The GPU that a driver names; the longest name that fits. */
  public Optional<GpuChip> ofDriver(String driversName) {
    return chips.stream().filter(chip -> chip.isNamed(driversName)).max(Comparator.comparing(chip -> chip.name().length()));
  }
}
