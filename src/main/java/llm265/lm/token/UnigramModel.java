package llm265.lm.token;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The unigram language model of SentencePiece: of all ways to write a piece as tokens, the one whose scores have the greatest
 * sum, by Viterbi's algorithm. T. Kudo, "Subword regularization", 2018.
 */
final class UnigramModel implements TokenModel {
  /** How much lower than the lowest score that of an unknown character is. */
  private static final double UNKNOWN_PENALTY = 10;

  private static final int NOWHERE = -1;

  private final Vocabulary vocabulary;
  private final TextTrie trie;
  private final double[] scores;
  /** The id of the token for what is unknown, or {@link Vocabulary#NONE}. */
  private final int unknownId;
  private final double unknownScore;
  /** The ids of bytes, or null if an unknown character is no bytes. */
  private final int[] bytes;

  private UnigramModel(Part part, Vocabulary vocabulary, TextTrie trie, double[] scores) {
    this.vocabulary = vocabulary;
    this.trie = trie;
    this.scores = scores;
    unknownId = part.has("unk_id") ? part.id(part.required("unk_id"), "unk_id") : Vocabulary.NONE;
    if (unknownId >= scores.length) {
      throw part.refused("has an unk_id beyond its vocabulary");
    }
    unknownScore = Arrays.stream(scores).min().orElse(0) - UNKNOWN_PENALTY;
    bytes = part.flag("byte_fallback", false) ? vocabulary.byteIds() : null;
  }

  static UnigramModel read(Part part) {
    JsonNode list = part.array("vocab");
    Vocabulary vocabulary = new Vocabulary();
    TextTrie trie = new TextTrie(list.size());
    double[] scores = new double[list.size()];
    for (int id = 0; id < scores.length; id++) {
      JsonNode entry = list.get(id);
      if (entry.size() != 2 || !entry.path(0).isTextual() || !entry.path(1).isNumber()) {
        throw part.refused("has an entry of its vocabulary that is not a token and its score: ", entry.toString());
      }
      vocabulary.put(entry.get(0).textValue(), id);
      trie.put(entry.get(0).textValue(), id);
      scores[id] = entry.get(1).doubleValue();
    }
    return new UnigramModel(part, vocabulary, trie, scores);
  }

  @Override
  public void tokenize(String piece, IdList ids) {
    // The best way to each place: what it amounts to, its last token and where that begins.
    double[] best = new double[piece.length() + 1];
    int[] last = new int[piece.length() + 1];
    int[] from = new int[piece.length() + 1];
    Arrays.fill(from, NOWHERE);
    for (int start = 0; start < piece.length();) {
      int next = piece.offsetByCodePoints(start, 1);
      boolean isKnown = false;
      int node = TextTrie.ROOT;
      for (int end = start; end < piece.length();) {
        node = trie.child(node, piece.charAt(end++));
        if (node == LongIntTable.NONE) {
          break;
        }
        int id = trie.number(node);
        if (id != LongIntTable.NONE) {
          isKnown |= end == next;
          offer(best, last, from, start, end, best[start] + scores[id], id);
        }
      }
      if (!isKnown) {
        if (unknownId == Vocabulary.NONE) {
          throw new IllegalArgumentException(
              "the vocabulary has neither U+%04X nor a token for what is unknown".formatted(piece.codePointAt(start)));
        }
        offer(best, last, from, start, next, best[start] + unknownScore, unknownId);
      }
      start = next;
    }
    addPath(piece, last, from, ids);
  }

  private static void offer(double[] best, int[] last, int[] from, int start, int end, double score, int id) {
    if (from[end] == NOWHERE || score > best[end]) {
      best[end] = score;
      last[end] = id;
      from[end] = start;
    }
  }

  /** Follows the best way from its end to its beginning and adds its tokens. Unknown ones that follow each other are one. */
  private void addPath(String piece, int[] last, int[] from, IdList ids) {
    int[] ends = new int[piece.length()];
    int count = 0;
    for (int end = piece.length(); end > 0;) {
      ends[count++] = end;
      int start = from[end];
      while (last[end] == unknownId && start > 0 && last[start] == unknownId) {
        start = from[start];
      }
      end = start;
    }
    int start = 0;
    while (count > 0) {
      int end = ends[--count];
      if (last[end] == unknownId) {
        addUnknown(piece.substring(start, end), ids);
      } else {
        ids.add(last[end]);
      }
      start = end;
    }
  }

  private void addUnknown(String text, IdList ids) {
    int id = vocabulary.id(text);
    if (id == Vocabulary.NONE && bytes != null) {
      byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
      int[] byteIds = new int[encoded.length];
      for (int i = 0; i < encoded.length; i++) {
        byteIds[i] = bytes[encoded[i] & 0xFF];
      }
      if (Arrays.stream(byteIds).noneMatch(value -> value == Vocabulary.NONE)) {
        ids.addAll(byteIds);
        return;
      }
    }
    ids.add(id == Vocabulary.NONE ? unknownId : id);
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }
}
