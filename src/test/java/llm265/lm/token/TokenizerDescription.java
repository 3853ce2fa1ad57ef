package llm265.lm.token;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Text of a {@code tokenizer.json}, put together from parts that are JSON themselves; null for a part that is not there. Models
 * have small vocabularies, trained on random text.
 */
record TokenizerDescription(
    String model, String normalizer, String preTokenizer, String postProcessor, String decoder, List<String> addedTokens) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SEED = 265;
  private static final int MERGES = 150;

  static TokenizerDescription of(String model) {
    return new TokenizerDescription(model, null, null, null, null, List.of());
  }

  TokenizerDescription normalizer(String part) {
    return new TokenizerDescription(model, part, preTokenizer, postProcessor, decoder, addedTokens);
  }

  TokenizerDescription preTokenizer(String part) {
    return new TokenizerDescription(model, normalizer, part, postProcessor, decoder, addedTokens);
  }

  TokenizerDescription postProcessor(String part) {
    return new TokenizerDescription(model, normalizer, preTokenizer, part, decoder, addedTokens);
  }

  TokenizerDescription decoder(String part) {
    return new TokenizerDescription(model, normalizer, preTokenizer, postProcessor, part, addedTokens);
  }

  TokenizerDescription addedTokens(List<String> tokens) {
    return new TokenizerDescription(model, normalizer, preTokenizer, postProcessor, decoder, tokens);
  }

  String json() {
    return """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": %s, "normalizer": %s, "pre_tokenizer": %s,
        "post_processor": %s, "decoder": %s, "model": %s}""".formatted(
        addedTokens, normalizer, preTokenizer, postProcessor, decoder, model);
  }

  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json());
  }

  /** An object of a type with members, which are JSON: {@code part("Strip", "strip_left", "true")}. */
  static String part(String type, String... members) {
    StringBuilder part = new StringBuilder("{\"type\": \"" + type + '"');
    for (int i = 0; i < members.length; i += 2) {
      part.append(", \"").append(members[i]).append("\": ").append(members[i + 1]);
    }
    return part.append('}').toString();
  }

  static String sequence(String member, String... parts) {
    return part("Sequence", member, "[" + String.join(", ", parts) + "]");
  }

  static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static String added(String content, boolean singleWord, boolean left, boolean right, boolean normalized, boolean special) {
    return """
        {"id": 0, "content": %s, "single_word": %s, "lstrip": %s, "rstrip": %s, "normalized": %s, "special": %s}"""
        .formatted(quoted(content), singleWord, left, right, normalized, special);
  }

  /** Words of random text, as models are trained on them; some characters of other texts are not among theirs. */
  private static List<String> words() {
    Random random = new Random(SEED);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      words.addAll(List.of(RandomText.of(random, 30).split("(?<=\\S)(?=\\s)|(?<=\\s)(?=\\S)")));
    }
    words.removeIf(String::isEmpty);
    return words;
  }

  /** A byte-pair model whose words are bytes, as GPT-2 has them, with options that are members of the model. */
  static String bytePairs(boolean areLists, String... options) {
    Set<String> symbols = new LinkedHashSet<>();
    char next = 256;
    for (int value = 0; value < 256; value++) {
      boolean isPrintable = value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE;
      symbols.add(Character.toString(isPrintable ? value : next++));
    }
    List<List<String>> words = new ArrayList<>();
    for (String word : words()) {
      List<String> split = new ArrayList<>();
      NormalizedText.of(" " + word).rewritten(ByteAlphabet::append).text().chars()
          .forEach(character -> split.add(Character.toString(character)));
      words.add(split);
    }
    return trained(symbols, words, "", areLists, options);
  }

  /**
   * A byte-pair model whose words are characters.
   *
   * @param prefix of symbols that do not begin a word
   * @param suffix of symbols that end a word
   */
  static String characterPairs(String prefix, String suffix, boolean hasBytes, String... options) {
    Set<String> symbols = new LinkedHashSet<>(List.of("<unk>"));
    if (hasBytes) {
      for (int value = 0; value < 256; value++) {
        symbols.add("<0x%02X>".formatted(value));
      }
    }
    List<List<String>> words = new ArrayList<>();
    for (String word : words()) {
      String marked = word.replace(' ', '▁');
      List<String> split = new ArrayList<>();
      for (int at = 0; at < marked.length();) {
        int end = marked.offsetByCodePoints(at, 1);
        split.add((at > 0 ? prefix : "") + marked.substring(at, end) + (end == marked.length() ? suffix : ""));
        at = end;
      }
      symbols.addAll(split);
      words.add(split);
    }
    List<String> members = new ArrayList<>(List.of(options));
    members.addAll(List.of("continuing_subword_prefix", prefix.isEmpty() ? "null" : quoted(prefix)));
    members.addAll(List.of("end_of_word_suffix", suffix.isEmpty() ? "null" : quoted(suffix)));
    return trained(symbols, words, prefix, true, members.toArray(String[]::new));
  }

  /** Merges the most frequent neighbours, time after time. */
  private static String trained(
      Set<String> symbols, List<List<String>> words, String prefix, boolean areLists, String... options) {
    List<List<String>> merges = new ArrayList<>();
    while (merges.size() < MERGES) {
      Map<List<String>, Integer> counts = new LinkedHashMap<>();
      words.forEach(word -> {
        for (int i = 1; i < word.size(); i++) {
          counts.merge(List.of(word.get(i - 1), word.get(i)), 1, Integer::sum);
        }
      });
      if (counts.isEmpty()) {
        break;
      }
      List<String> best = counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
      String merged = best.get(0) + best.get(1).substring(prefix.length());
      merges.add(best);
      symbols.add(merged);
      for (List<String> word : words) {
        for (int i = 1; i < word.size(); i++) {
          if (word.get(i - 1).equals(best.get(0)) && word.get(i).equals(best.get(1))) {
            word.set(i - 1, merged);
            word.remove(i);
          }
        }
      }
    }
    ArrayNode list = JSON.createArrayNode();
    merges.forEach(merge -> {
      if (areLists) {
        list.addArray().add(merge.get(0)).add(merge.get(1));
      } else {
        list.add(merge.get(0) + " " + merge.get(1));
      }
    });
    return model("BPE", symbols, options, "merges", list.toString());
  }

  private static String model(String type, Set<String> tokens, String[] options, String... more) {
    ObjectNode vocabulary = JSON.createObjectNode();
    tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
    List<String> members = new ArrayList<>(List.of("vocab", vocabulary.toString()));
    members.addAll(List.of(options));
    members.addAll(List.of(more));
    return part(type, members.toArray(String[]::new));
  }

  /** Parts of words, most of the single characters among them. */
  private static Set<String> wordParts(String prefix) {
    Random random = new Random(SEED + 1);
    Set<String> parts = new LinkedHashSet<>(List.of("[UNK]", "[CLS]", "[SEP]", "<unk>"));
    for (String word : words()) {
      for (int i = 0; i < 4; i++) {
        int length = word.codePointCount(0, word.length());
        int from = random.nextInt(length);
        int to = from + 1 + random.nextInt(Math.min(5, length - from));
        String part = word.substring(word.offsetByCodePoints(0, from), word.offsetByCodePoints(0, to));
        parts.add(from == 0 ? part : prefix + part);
        parts.add((random.nextBoolean() ? "" : prefix) + word.substring(0, word.offsetByCodePoints(0, 1)));
      }
    }
    return parts;
  }

  static String wordPiece(String prefix, int maxLength) {
    return model("WordPiece", wordParts(prefix), new String[] {"unk_token", "\"[UNK]\"", "continuing_subword_prefix",
        quoted(prefix), "max_input_chars_per_word", Integer.toString(maxLength)});
  }

  static String wordLevel() {
    return model("WordLevel", new LinkedHashSet<>(wordParts("")), new String[] {"unk_token", "\"[UNK]\""});
  }

  /**
   * A unigram model.
   *
   * @param hasTies whether scores are whole numbers, so that many ways are equally good
   */
  static String unigram(boolean hasBytes, boolean hasTies) {
    Random random = new Random(SEED + 2);
    Map<String, Double> scores = new HashMap<>();
    ArrayNode list = JSON.createArrayNode();
    list.addArray().add("<unk>").add(0);
    for (int value = 0; hasBytes && value < 256; value++) {
      list.addArray().add("<0x%02X>".formatted(value)).add(-9.5);
    }
    for (String part : wordParts("▁")) {
      double score = hasTies ? -1 - random.nextInt(3) : -12 * random.nextDouble();
      if (!part.equals("<unk>") && scores.put(part, score) == null) {
        list.addArray().add(part).add(score);
      }
    }
    return part("Unigram", "unk_id", "0", "byte_fallback", Boolean.toString(hasBytes), "vocab", list.toString());
  }
}
