package llm265.checkpoint.gguf;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.checkpoint.file.ModelFormatException;

/**
 * The name of a part of a split file, {@code PREFIX-00001-of-00003.gguf}, and what the keys of parts must say.
 *
 * @param path the file
 * @param prefix what comes before the numbers
 * @param part which one, from 0
 * @param count number of parts, 2 or more
 */
record SplitName(Path path, String prefix, int part, int count) {
  private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");
  private static final String KEYS = "split.";
  private static final String NUMBER = "split.no";
  private static final String COUNT = "split.count";
  private static final String TENSORS = "split.tensors.count";

  /**
   * The name of a part; empty if a header is that of a whole file.
   *
   * @throws ModelFormatException if it is the header of a part, but the name is not that of one
   */
  static Optional<SplitName> of(Path path, GgufHeader header) {
    long count = header.integer(COUNT).orElse(1);
    if (count >= 0 && count <= 1) {
      return Optional.empty();
    }
    Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
    if (!name.matches() || Integer.parseInt(name.group(3)) != count) {
      throw new ModelFormatException(
          path, "is one of " + count + " parts by its keys, but its name does not end in -0000I-of-0000N.gguf with that number");
    }
    int part = Integer.parseInt(name.group(2)) - 1;
    if (part < 0 || part >= count) {
      throw new ModelFormatException(path, "there is no part " + (part + 1) + " of " + count);
    }
    return Optional.of(new SplitName(path, name.group(1), part, (int) count));
  }

  /** The name of a part's file, from 0. */
  String ofPart(int number) {
    return String.format("%s-%05d-of-%05d.gguf", prefix, number + 1, count);
  }

  /** Requires that a header is that of a given part. */
  void check(int number, GgufHeader header) {
    OptionalLong ownCount = header.integer(COUNT);
    OptionalLong own = header.integer(NUMBER);
    if (ownCount.orElse(1) != count || own.orElse(-1) != number) {
      throw new ModelFormatException(
          header.path(), "is part " + (number + 1) + " of " + count + " by its name, but not by its keys");
    }
  }

  /** Requires that all parts together have the right number of tensors. */
  static void checkTensors(int found, GgufHeader first) {
    OptionalLong tensors = first.integer(TENSORS);
    if (tensors.orElse(found) != found) {
      throw new ModelFormatException(
          first.path(), "all parts have " + found + " tensors, but should have " + tensors.getAsLong());
    }
  }

  /** Whether a key is about parts. */
  static boolean isKey(String key) {
    return key.equals(NUMBER) || key.equals(COUNT) || key.equals(TENSORS);
  }

  /** Entries without those about parts. */
  static Map<String, String> withoutKeys(Map<String, String> words) {
    Map<String, String> without = new LinkedHashMap<>(words);
    without.keySet().removeIf(key -> key.startsWith(KEYS));
    return without;
  }
}
