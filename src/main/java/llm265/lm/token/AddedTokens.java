package llm265.lm.token;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

/**
 * Tokens beside those of the model, which are cut out of a text wherever they stand: first those that are looked for in the text
 * as it is, then, in what is left and normalized, those that are normalized themselves.
 */
final class AddedTokens {
  private static final Pattern WORD_CHARACTER = Pattern.compile("\\w", Pattern.UNICODE_CHARACTER_CLASS);

  /**
   * An added token.
   *
   * @param content how it is written
   * @param isSingleWord whether it counts only where no character of a word is next to it
   * @param takesLeft whether whitespace before it belongs to it
   * @param takesRight whether whitespace after it belongs to it
   * @param isNormalized whether it is normalized and looked for in normalized text
   * @param isSpecial whether it steers a model and is no text
   */
  record Token(
      String content, boolean isSingleWord, boolean takesLeft, boolean takesRight, boolean isNormalized, boolean isSpecial) {

    static Token read(Part part) {
      return new Token(
          part.text("content"),
          part.flag("single_word", false),
          part.flag("lstrip", false),
          part.flag("rstrip", false),
          part.flag("normalized", true),
          part.flag("special", false));
    }

    /** One that steers a model. */
    static Token special(String content) {
      return new Token(content, false, false, false, false, true);
    }
  }

  private final Vocabulary model;
  private final Normalizer normalizer;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, Token> tokens = new HashMap<>();
  private final TextTrie asWritten;
  private final TextTrie normalized;
  private int end;

  /**
   * Adds tokens.
   *
   * @param list in this order; one that the model lacks gets the next id
   * @param model the vocabulary of the model
   * @param normalizer for what is normalized
   */
  AddedTokens(List<Token> list, Vocabulary model, Normalizer normalizer) {
    this.model = model;
    this.normalizer = normalizer;
    Set<String> special = new HashSet<>();
    List<Token> searched = new ArrayList<>();
    for (Token token : list) {
      if (token.isSpecial() && !token.content().isEmpty() && special.add(token.content())) {
        searched.add(token);
      }
    }
    end = model.end();
    Set<Token> added = new HashSet<>();
    int lastAdded = -1;
    for (Token token : list) {
      if (token.content().isEmpty() || added.contains(token)) {
        continue;
      }
      int id = id(token.content());
      if (id == Vocabulary.NONE) {
        id = Math.max(lastAdded + 1, model.size());
      }
      lastAdded = Math.max(lastAdded, id);
      ids.put(token.content(), id);
      added.remove(tokens.put(id, token));
      added.add(token);
      end = Math.max(end, id + 1);
      if (!special.contains(token.content())) {
        searched.add(token);
      }
    }
    asWritten = new TextTrie(searched.size());
    normalized = new TextTrie(searched.size());
    // Of tokens that are written alike, the first counts.
    for (Token token : searched.reversed()) {
      if (token.isNormalized()) {
        normalized.put(normalizer.normalize(NormalizedText.of(token.content())).text(), ids.get(token.content()));
      } else {
        asWritten.put(token.content(), ids.get(token.content()));
      }
    }
  }

  /** The id of a token of either kind, or {@link Vocabulary#NONE}. */
  int id(String token) {
    Integer id = ids.get(token);
    return id != null ? id : model.id(token);
  }

  /** The token of an id of either kind, or null. */
  String token(int id) {
    Token token = tokens.get(id);
    return token != null ? token.content() : model.token(id);
  }

  /** The greatest id of either kind and 1 more. */
  int end() {
    return end;
  }

  /**
   * Cuts a text into added tokens and the rest.
   *
   * @param rest receives what lies between tokens, normalized and not empty
   * @param found receives the ids of tokens, in their place between the rest
   */
  void split(String text, Consumer<NormalizedText> rest, IntConsumer found) {
    split(NormalizedText.of(text), asWritten,
        piece -> split(normalizer.normalize(piece), normalized, rest, found), found);
  }

  private void split(NormalizedText piece, TextTrie trie, Consumer<NormalizedText> rest, IntConsumer found) {
    String text = piece.text();
    int done = 0;
    for (int at = 0; at < text.length();) {
      int end = longestMatch(text, at, trie);
      if (end < 0) {
        at++;
        continue;
      }
      int id = id(text, at, end, trie);
      Token token = tokens.get(id);
      int start = at;
      at = end;
      if (token.isSingleWord() && (isWordBefore(text, start) || isWordAfter(text, end))) {
        continue;
      }
      if (token.takesLeft()) {
        while (start > done && CharacterClasses.isWhitespace(text.charAt(start - 1))) {
          start--;
        }
        start = Math.max(start, done);
      }
      if (token.takesRight()) {
        while (end < text.length() && CharacterClasses.isWhitespace(text.charAt(end))) {
          end++;
        }
      }
      if (done < start) {
        rest.accept(piece.slice(done, start));
      }
      // Nothing is left of it where the token before has taken its whitespace.
      if (start < end) {
        found.accept(id);
      }
      done = end;
    }
    if (done < text.length()) {
      rest.accept(piece.slice(done, text.length()));
    }
  }

  /** The end of the longest token that begins at a place, or -1. */
  private static int longestMatch(String text, int start, TextTrie trie) {
    int longest = -1;
    int node = TextTrie.ROOT;
    for (int at = start; at < text.length();) {
      node = trie.child(node, text.charAt(at++));
      if (node == LongIntTable.NONE) {
        break;
      }
      if (trie.number(node) != LongIntTable.NONE) {
        longest = at;
      }
    }
    return longest;
  }

  private static int id(String text, int start, int end, TextTrie trie) {
    int node = TextTrie.ROOT;
    for (int at = start; at < end; at++) {
      node = trie.child(node, text.charAt(at));
    }
    return trie.number(node);
  }

  private static boolean isWordBefore(String text, int at) {
    return at > 0 && isWordCharacter(text.codePointBefore(at));
  }

  private static boolean isWordAfter(String text, int at) {
    return at < text.length() && isWordCharacter(text.codePointAt(at));
  }

  private static boolean isWordCharacter(int codePoint) {
    return WORD_CHARACTER.matcher(Character.toString(codePoint)).matches();
  }
}
