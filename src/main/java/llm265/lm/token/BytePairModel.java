package llm265.lm.token;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Byte-pair encoding: a word begins as its characters, and neighbours are merged as the file ranks them. R. Sennrich et al.,
 * "Neural machine translation of rare words with subword units", 2016.
 */
final class BytePairModel implements TokenModel {
  /** Words are remembered until there are so many; then all are forgotten. */
  private static final int MAX_REMEMBERED = 1 << 16;

  /** Longer words hardly come again. */
  private static final int MAX_REMEMBERED_LENGTH = 64;

  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final String prefix;
  private final String suffix;
  private final String unknown;
  private final boolean fusesUnknown;
  private final boolean ignoresMerges;
  /** The ids of bytes, or null if an unknown character is no bytes. */
  private final int[] bytes;
  private final Map<String, int[]> remembered = new ConcurrentHashMap<>();

  private BytePairModel(Part part, Vocabulary vocabulary, MergeTable merges) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    prefix = part.text("continuing_subword_prefix", "");
    suffix = part.text("end_of_word_suffix", "");
    unknown = part.text("unk_token", null);
    fusesUnknown = part.flag("fuse_unk", false);
    ignoresMerges = part.flag("ignore_merges", false);
    bytes = part.flag("byte_fallback", false) ? vocabulary.byteIds() : null;
  }

  static BytePairModel read(Part part) {
    if (part.has("dropout") && part.required("dropout").asDouble(1) != 0) {
      throw part.refused("has a dropout, so that its ids would be random");
    }
    Vocabulary vocabulary = Vocabulary.read(part);
    JsonNode list = part.array("merges");
    String prefix = part.text("continuing_subword_prefix", "");
    MergeTable merges = new MergeTable(list.size());
    for (JsonNode merge : list) {
      if (merge.isTextual() && merge.textValue().startsWith("#version")) {
        continue;
      }
      String[] pair = pair(part, merge);
      int left = vocabulary.id(pair[0]);
      int right = vocabulary.id(pair[1]);
      String merged = pair[0] + pair[1].substring(Math.min(prefix.length(), pair[1].length()));
      int result = vocabulary.id(merged);
      if (left == Vocabulary.NONE || right == Vocabulary.NONE || result == Vocabulary.NONE) {
        throw part.refused("has a merge whose tokens are not in its vocabulary: ", pair[0] + " " + pair[1]);
      }
      merges.add(left, right, result);
    }
    return new BytePairModel(part, vocabulary, merges);
  }

  /** The two tokens of a merge, which is a list of them or, in older files, a text with a space between them. */
  private static String[] pair(Part part, JsonNode merge) {
    if (merge.isTextual()) {
      String[] pair = merge.textValue().split(" ", -1);
      if (pair.length == 2) {
        return pair;
      }
    } else if (merge.size() == 2 && merge.path(0).isTextual() && merge.path(1).isTextual()) {
      return new String[] {merge.get(0).textValue(), merge.get(1).textValue()};
    }
    throw part.refused("has a merge that is not two tokens: ", merge.toString());
  }

  @Override
  public void tokenize(String piece, IdList ids) {
    if (ignoresMerges) {
      int id = vocabulary.id(piece);
      if (id != Vocabulary.NONE) {
        ids.add(id);
        return;
      }
    }
    if (piece.length() > MAX_REMEMBERED_LENGTH) {
      ids.addAll(merges.merge(symbols(piece)));
      return;
    }
    int[] tokens = remembered.get(piece);
    if (tokens == null) {
      tokens = merges.merge(symbols(piece));
      if (remembered.size() >= MAX_REMEMBERED) {
        remembered.clear();
      }
      remembered.put(piece, tokens);
    }
    ids.addAll(tokens);
  }

  /** The ids of a word's characters. */
  private int[] symbols(String word) {
    IdList symbols = new IdList();
    // An unknown token waits for the next character that is known, or for the next unknown one where these are not fused.
    boolean waits = false;
    for (int at = 0; at < word.length();) {
      int end = word.offsetByCodePoints(at, 1);
      String character = (at > 0 ? prefix : "") + word.substring(at, end) + (end == word.length() ? suffix : "");
      at = end;
      int id = vocabulary.id(character);
      if (id != Vocabulary.NONE) {
        if (waits) {
          symbols.add(vocabulary.unknownId(unknown));
          waits = false;
        }
        symbols.add(id);
      } else if (!addBytes(character, symbols) && unknown != null) {
        if (waits && !fusesUnknown) {
          symbols.add(vocabulary.unknownId(unknown));
        }
        waits = true;
      }
    }
    if (waits) {
      symbols.add(vocabulary.unknownId(unknown));
    }
    return symbols.toArray();
  }

  /** Whether a character could be written as its bytes. */
  private boolean addBytes(String character, IdList symbols) {
    if (bytes == null) {
      return false;
    }
    byte[] encoded = character.getBytes(StandardCharsets.UTF_8);
    for (byte value : encoded) {
      if (bytes[value & 0xFF] == Vocabulary.NONE) {
        return false;
      }
    }
    for (byte value : encoded) {
      symbols.add(bytes[value & 0xFF]);
    }
    return true;
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }
}
