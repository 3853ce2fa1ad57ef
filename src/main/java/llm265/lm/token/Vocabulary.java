package llm265.lm.token;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** The tokens of a model and their ids. */
final class Vocabulary {
  /** The id of a token that is not there. */
  static final int NONE = -1;

  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, String> tokens = new HashMap<>();
  private int end;

  /** Reads the member "vocab": ids by token. */
  static Vocabulary read(Part part) {
    JsonNode ids = part.required("vocab");
    if (!ids.isObject()) {
      throw part.refused("needs an object as vocab");
    }
    Vocabulary vocabulary = new Vocabulary();
    for (Map.Entry<String, JsonNode> entry : ids.properties()) {
      vocabulary.put(entry.getKey(), part.id(entry.getValue(), "an id in vocab"));
    }
    return vocabulary;
  }

  /** Adds a token, or gives one another id. */
  void put(String token, int id) {
    ids.put(token, id);
    tokens.put(id, token);
    end = Math.max(end, id + 1);
  }

  /** The id of a token, or {@link #NONE}. */
  int id(String token) {
    return ids.getOrDefault(token, NONE);
  }

  /**
   * The id of the token for what is unknown.
   *
   * @throws IllegalArgumentException if there is no such token
   */
  int unknownId(String unknown) {
    int id = id(unknown);
    if (id == NONE) {
      throw new IllegalArgumentException("the text has what the vocabulary lacks, and it has no token " + unknown);
    }
    return id;
  }

  /** The token of an id, or null. */
  String token(int id) {
    return tokens.get(id);
  }

  /** How many tokens there are; one that has two ids counts twice. */
  int size() {
    return Math.max(ids.size(), tokens.size());
  }

  /** The greatest id and 1 more. */
  int end() {
    return end;
  }

  /** The ids of the tokens {@code <0x00>} to {@code <0xFF>}, which stand for bytes; {@link #NONE} for those not there. */
  int[] byteIds() {
    int[] bytes = new int[256];
    for (int value = 0; value < bytes.length; value++) {
      bytes[value] = id(String.format("<0x%02X>", value));
    }
    return bytes;
  }
}
