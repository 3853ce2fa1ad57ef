package llm265.lm.token;

import java.util.function.Consumer;

/**
 * Spaces as a mark that is a character of tokens, {@code U+2581} by default: {@code a b} becomes {@code ▁a} and {@code ▁b}.
 *
 * @param mark the mark, one character
 * @param scheme before which pieces a mark is put
 * @param splits whether the text is cut before each mark
 */
record Metaspace(String mark, Scheme scheme, boolean splits) implements PreTokenizer {
  /** Before which pieces a mark is put, where there is none. */
  enum Scheme {
    /** Before the one that begins the text. */
    FIRST,
    /** Before none. */
    NEVER,
    /** Before each. */
    ALWAYS
  }

  static Metaspace read(Part part) {
    String title = part.text("prepend_scheme", "always");
    Scheme scheme = switch (title) {
      case "first" -> Scheme.FIRST;
      case "never" -> Scheme.NEVER;
      case "always" -> Scheme.ALWAYS;
      default -> throw part.refused("has the unknown prepend_scheme ", title);
    };
    if (!part.flag("add_prefix_space", true)) {
      // What older files have in place of a scheme.
      if (part.has("prepend_scheme") && scheme != Scheme.NEVER) {
        throw part.refused("has an add_prefix_space that contradicts its prepend_scheme");
      }
      scheme = Scheme.NEVER;
    }
    return new Metaspace(Character.toString(part.character("replacement")), scheme, part.flag("split", true));
  }

  @Override
  public void split(NormalizedText piece, Consumer<NormalizedText> pieces) {
    NormalizedText marked = piece.rewritten((codePoint, written) -> {
      if (codePoint == ' ') {
        written.append(mark);
      } else {
        written.appendCodePoint(codePoint);
      }
    });
    boolean prepends = scheme == Scheme.ALWAYS || scheme == Scheme.FIRST && piece.isAtOrigin();
    if (prepends && !marked.text().startsWith(mark)) {
      marked = marked.prepended(mark);
    }
    if (splits) {
      int codePoint = mark.codePointAt(0);
      SplitBehavior.MERGED_WITH_NEXT.split(marked, TextPattern.of(character -> character == codePoint), pieces);
    } else {
      pieces.accept(marked);
    }
  }
}
