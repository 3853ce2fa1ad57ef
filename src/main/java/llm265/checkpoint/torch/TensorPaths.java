package llm265.checkpoint.torch;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;

/**
 * Names the tensors in the object of a file: by the keys and indices on the way to each, joined by dots.
 *
 * <p>Many programs save a model's tensors under one key, next to an epoch or settings. Where all tensors lie in a dict under a
 * key of {@link #WRAPPERS}, that key is no part of the names, as those who load such a file expect them. Where there are tensors
 * elsewhere, such as an optimizer's, all names are full paths.
 *
 * <p>Text and numbers in dicts become metadata under their full paths.
 */
final class TensorPaths {
  /** Keys under which programs save a model alone. */
  private static final List<String> WRAPPERS = List.of("state_dict", "model_state_dict", "model", "module");

  private static final int MAX_DEPTH = 64;
  private static final int MAX_VISITS = 1 << 22;
  private static final int MAX_TENSORS = 1 << 20;
  private static final long MAX_NAMES = 1 << 27;
  private static final int MAX_METADATA = 1 << 16;
  private static final int MAX_TEXT = 1 << 16;

  /** A tensor under its name. */
  record Named(String name, TorchTensor tensor) {}

  private final Path path;
  private final List<Named> tensors = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private int visits;
  private long nameChars;

  /**
   * @param path the file that errors name
   * @throws ModelFormatException if the object is nested too deeply, has itself in it, or has too many tensors
   */
  TensorPaths(Path path, Object root) {
    this.path = path;
    visit("", root, 0, false);
    String wrapper = root instanceof Map<?, ?> dict ? wrapper(dict) : null;
    if (wrapper != null) {
      tensors.replaceAll(named -> new Named(named.name().substring(wrapper.length() + 1), named.tensor()));
    }
  }

  /** In the order of the dicts; a tensor that is the whole object has an empty name. */
  List<Named> tensors() {
    return tensors;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  private String wrapper(Map<?, ?> root) {
    for (String key : WRAPPERS) {
      if (root.get(key) instanceof Map && !tensors.isEmpty()
          && tensors.stream().allMatch(named -> named.name().startsWith(key + "."))
          && root.keySet().stream().noneMatch(other -> other instanceof String text && text.startsWith(key + "."))) {
        return key;
      }
    }
    return null;
  }

  private void visit(String name, Object value, int depth, boolean inList) {
    if (++visits > MAX_VISITS || (nameChars += name.length()) > MAX_NAMES) {
      throw bad("has more entries, or longer names, than any model");
    }
    if (depth > MAX_DEPTH) {
      throw bad("is nested more than " + MAX_DEPTH + " deep, or has itself in it, at " + ModelFormatException.quote(name));
    }
    switch (value) {
      case TorchTensor tensor -> {
        if (tensors.size() == MAX_TENSORS) {
          throw bad("has more than " + MAX_TENSORS + " tensors");
        }
        tensors.add(new Named(name, tensor));
      }
      case Map<?, ?> dict -> dict.forEach((key, item) -> visit(join(name, text(name, key, item)), item, depth + 1, inList));
      case List<?> list -> visitAll(name, list.toArray(), depth);
      case Object[] tuple -> visitAll(name, tuple, depth);
      case String text when !inList && text.length() <= MAX_TEXT -> describe(name, text);
      case Long number when !inList -> describe(name, number.toString());
      case BigInteger number when !inList -> describe(name, number.toString());
      case Double number when !inList -> describe(name, number.toString());
      case Boolean truth when !inList -> describe(name, truth.toString());
      default -> { }
    }
  }

  private void visitAll(String name, Object[] items, int depth) {
    for (int i = 0; i < items.length; i++) {
      visit(join(name, Integer.toString(i)), items[i], depth + 1, true);
    }
  }

  private void describe(String name, String value) {
    if (!name.isEmpty() && metadata.size() < MAX_METADATA) {
      nameChars += value.length();
      metadata.putIfAbsent(name, value);
    }
  }

  private static String join(String name, String key) {
    return name.isEmpty() ? key : name + "." + key;
  }

  private String text(String name, Object key, Object value) {
    return switch (key) {
      case String text -> text;
      case Long number -> number.toString();
      case Boolean truth -> truth.toString();
      case Double number -> number.toString();
      case null, default -> {
        if (value instanceof TorchTensor || value instanceof Map || value instanceof List || value instanceof Object[]) {
          throw bad("has " + PickleMachine.kind(key) + " for a key in " + ModelFormatException.quote(name));
        }
        yield "?";
      }
    };
  }

  private ModelFormatException bad(String problem) {
    return new ModelFormatException(path, problem);
  }
}
