package llm265.lm.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import llm265.checkpoint.file.ModelFormatException;

/**
 * The JSON object of a {@code config.json}, or one inside of it. Each question names the entry and gets a value of the right
 * kind, the caller's default where the entry is missing or null, or a {@link ModelFormatException} that names entry and file.
 */
public final class ModelConfig {
  private static final ObjectMapper MAPPER = JsonMapper.builder().build();
  private static final long MAX_BYTES = 1 << 24;

  private final Path path;
  private final String prefix;
  private final JsonNode object;

  private ModelConfig(Path path, String prefix, JsonNode object) {
    this.path = path;
    this.prefix = prefix;
    this.object = object;
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read
   * @throws ModelFormatException if it is not a JSON object
   */
  public static ModelConfig read(Path path) throws IOException {
    if (Files.size(path) > MAX_BYTES) {
      throw new ModelFormatException(path, Files.size(path) + " bytes are too many for a configuration");
    }
    try {
      return parse(path, Files.readString(path));
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(path, "not UTF-8", e);
    }
  }

  /**
   * The configuration in a text.
   *
   * @param path named in messages
   * @throws ModelFormatException if it is not a JSON object
   */
  public static ModelConfig parse(Path path, String json) {
    try {
      JsonNode root = MAPPER.readTree(json);
      if (!root.isObject()) {
        throw new ModelFormatException(path, "not a JSON object");
      }
      return new ModelConfig(path, "", root);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(path, "not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** A fault of this file. */
  public ModelFormatException fault(String problem) {
    return new ModelFormatException(path, problem);
  }

  private ModelFormatException wrong(String name, String kind, JsonNode value) {
    String text = value.toString();
    return fault(prefix + name + " is " + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + ", not " + kind);
  }

  private Optional<JsonNode> find(String name) {
    return Optional.ofNullable(object.get(name)).filter(value -> !value.isNull());
  }

  /** Whether the entry is there and not null. */
  public boolean has(String name) {
    return find(name).isPresent();
  }

  /** A whole number above 0. */
  public int size(String name) {
    return find(name).map(value -> size(name, value)).orElseThrow(() -> fault("no entry " + prefix + name));
  }

  /** A whole number above 0. */
  public int size(String name, int missing) {
    return find(name).map(value -> size(name, value)).orElse(missing);
  }

  private int size(String name, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
      throw wrong(name, "a whole number above 0", value);
    }
    return value.intValue();
  }

  /** A whole number, 0 or more. */
  public int count(String name) {
    return find(name).map(value -> value.isIntegralNumber() && value.intValue() == 0 ? 0 : size(name, value))
        .orElseThrow(() -> fault("no entry " + prefix + name));
  }

  /** A finite number above 0. */
  public double positive(String name, double missing) {
    return find(name).map(value -> {
      if (!value.isNumber() || !(value.doubleValue() > 0) || Double.isInfinite(value.doubleValue())) {
        throw wrong(name, "a number above 0", value);
      }
      return value.doubleValue();
    }).orElse(missing);
  }

  public boolean flag(String name, boolean missing) {
    return find(name).map(value -> {
      if (!value.isBoolean()) {
        throw wrong(name, "true or false", value);
      }
      return value.booleanValue();
    }).orElse(missing);
  }

  public String text(String name, String missing) {
    return find(name).map(value -> {
      if (!value.isTextual()) {
        throw wrong(name, "a text", value);
      }
      return value.textValue();
    }).orElse(missing);
  }

  /** A list of texts; empty if it is missing. */
  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    find(name).ifPresent(list -> {
      if (!list.isArray()) {
        throw wrong(name, "a list of texts", list);
      }
      for (JsonNode element : list) {
        if (!element.isTextual()) {
          throw wrong(name, "a list of texts", list);
        }
        texts.add(element.textValue());
      }
    });
    return texts;
  }

  /** The ids of tokens, where the entry may be one or a list; empty if it is missing. */
  public int[] ids(String name) {
    JsonNode value = find(name).orElse(null);
    if (value == null) {
      return new int[0];
    }
    int[] ids = new int[value.isArray() ? value.size() : 1];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = value.isArray() ? value.get(i) : value;
      if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
        throw wrong(name, "an id of a token, or a list of such", value);
      }
      ids[i] = id.intValue();
    }
    return ids;
  }

  /** An object inside of this one. */
  public Optional<ModelConfig> object(String name) {
    return find(name).map(value -> {
      if (!value.isObject()) {
        throw wrong(name, "an object", value);
      }
      return new ModelConfig(path, prefix + name + ".", value);
    });
  }
}
