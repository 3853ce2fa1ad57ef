package llm265.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import llm265.dtype.DType;

/**
 * The type of values that a Hugging Face {@code config.json} states: {@code torch_dtype}, or {@code dtype} in newer files, of the
 * model and of its parts, such as {@code text_config}. All other text stays as it is.
 */
public final class ConfigType {
  private static final Set<String> MEMBERS = Set.of("torch_dtype", "dtype");

  /** Members that describe a model or a part of it. */
  private static final String PART_SUFFIX = "_config";

  /** Describes how weights were quantized, with types of its own. */
  private static final String QUANTIZATION = "quantization_config";

  private static final Set<String> TYPES = Set.of("float64", "float32", "float16", "bfloat16");

  private ConfigType() {}

  /** The place of a type's name in the text, between its quotation marks. */
  private record Place(int begin, int end) {}

  /**
   * The text with another type.
   *
   * @param text of the whole file; returned as it is if it is no JSON object
   * @param type F32, F16 or BF16
   */
  public static String with(String text, DType type) {
    List<Place> places;
    try {
      places = places(text);
    } catch (JsonProcessingException e) {
      // Not ours to judge: nothing else here depends on it.
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    StringBuilder changed = new StringBuilder(text);
    for (Place place : places.reversed()) {
      changed.replace(place.begin, place.end, name(type));
    }
    return changed.toString();
  }

  /**
   * What Hugging Face's libraries call a type.
   *
   * @throws IllegalArgumentException if it is not F32, F16 or BF16
   */
  public static String name(DType type) {
    return switch (type) {
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      default -> throw new IllegalArgumentException(type + " is not F32, F16 or BF16");
    };
  }

  private static List<Place> places(String text) throws IOException {
    List<Place> places = new ArrayList<>();
    // Names of the members that lead to the present object; "" for elements of arrays.
    Deque<String> path = new ArrayDeque<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isStructStart()) {
          path.push(json.currentName() == null || path.isEmpty() ? "" : json.currentName());
        } else if (token.isStructEnd()) {
          path.pop();
        } else if (token == JsonToken.VALUE_STRING && MEMBERS.contains(String.valueOf(json.currentName()))
            && TYPES.contains(json.getText()) && isOfModel(path)) {
          int begin = (int) json.currentTokenLocation().getCharOffset() + 1;
          places.add(new Place(begin, begin + json.getText().length()));
        }
      }
    }
    return places;
  }

  /** Whether all objects around, but for the outermost, are parts of the model. */
  private static boolean isOfModel(Deque<String> path) {
    return path.stream().limit(path.size() - 1L).allMatch(name -> name.endsWith(PART_SUFFIX) && !name.equals(QUANTIZATION));
  }
}
