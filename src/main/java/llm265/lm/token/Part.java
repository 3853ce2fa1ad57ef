package llm265.lm.token;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import llm265.checkpoint.file.ModelFormatException;

/**
 * An object in a tokenizer file. Members that are missing or of another type than expected are errors that name the object.
 *
 * @param file for messages
 * @param place where the object lies, for messages: {@code pre_tokenizer.pretokenizers[1]}
 * @param node the object
 */
record Part(Path file, String place, JsonNode node) {
  private static final int MAX_QUOTED = 80;

  /** The greatest id that is read, so that sums with ids stay ints. */
  private static final int MAX_ID = (1 << 30) - 1;

  /** The member "type", which says what kind of part it is; empty if there is none. */
  String type() {
    return text("type", "");
  }

  String text(String name) {
    JsonNode value = required(name);
    if (!value.isTextual()) {
      throw refused("needs text as " + name);
    }
    return value.textValue();
  }

  String text(String name, String ifAbsent) {
    return has(name) ? text(name) : ifAbsent;
  }

  boolean flag(String name, boolean ifAbsent) {
    if (!has(name)) {
      return ifAbsent;
    }
    if (!node.get(name).isBoolean()) {
      throw refused("needs true or false as " + name);
    }
    return node.get(name).booleanValue();
  }

  /** A number that is not negative. */
  int count(String name) {
    return count(required(name), name);
  }

  int count(JsonNode value, String name) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw refused("needs a number from 0 to 2^31 - 1 as " + name);
    }
    return value.intValue();
  }

  /** An id of a token. */
  int id(JsonNode value, String name) {
    int id = count(value, name);
    if (id > MAX_ID) {
      throw refused("has an id above 2^30 - 1: " + id);
    }
    return id;
  }

  /** A text of one character, as its code point. */
  int character(String name) {
    String text = text(name);
    if (text.codePointCount(0, text.length()) != 1) {
      throw refused("needs one character as " + name);
    }
    return text.codePointAt(0);
  }

  /** Whether there is such a member, and it is not null. */
  boolean has(String name) {
    return node.hasNonNull(name);
  }

  /** A member of any type. */
  JsonNode required(String name) {
    if (!has(name)) {
      throw refused("has no " + name);
    }
    return node.get(name);
  }

  JsonNode array(String name) {
    JsonNode value = required(name);
    if (!value.isArray()) {
      throw refused("needs a list as " + name);
    }
    return value;
  }

  /** A member that is an object; empty if there is none. */
  Optional<Part> part(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    if (!node.get(name).isObject()) {
      throw refused("needs an object as " + name);
    }
    return Optional.of(new Part(file, isWhole() ? name : place + "." + name, node.get(name)));
  }

  Part requiredPart(String name) {
    required(name);
    return part(name).orElseThrow();
  }

  /** A list of objects. */
  List<Part> parts(String name) {
    List<Part> parts = new ArrayList<>();
    for (JsonNode element : array(name)) {
      if (!element.isObject()) {
        throw refused("needs a list of objects as " + name);
      }
      parts.add(new Part(file, (isWhole() ? "" : place + ".") + name + "[" + parts.size() + "]", element));
    }
    return parts;
  }

  private boolean isWhole() {
    return place.isEmpty();
  }

  /** The error of a part that cannot be used. */
  ModelFormatException refused(String problem) {
    return new ModelFormatException(file, (isWhole() ? "the file" : place) + " " + problem);
  }

  /** The same, with text from the file in quotation marks. */
  ModelFormatException refused(String problem, String quoted) {
    int length = Math.min(quoted.length(), MAX_QUOTED);
    return refused(problem + '"' + quoted.substring(0, length) + (length < quoted.length() ? "\"..." : "\""));
  }

  /** The error of a kind that is not known. */
  ModelFormatException unknown() {
    return has("type")
        ? refused("has the type \"" + type() + "\", which this program does not know")
        : refused("has no type");
  }
}
