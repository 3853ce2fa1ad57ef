package llm265.lm.token;

import java.util.function.Consumer;

/** A step that cuts text into the pieces that a model sees one by one. */
@FunctionalInterface
interface PreTokenizer {
  /**
   * Cuts a piece further.
   *
   * @param piece not empty
   * @param pieces receives the pieces in order; none is empty
   */
  void split(NormalizedText piece, Consumer<NormalizedText> pieces);

  /** This step, and then another on each of its pieces. */
  default PreTokenizer then(PreTokenizer next) {
    return (piece, pieces) -> split(piece, part -> next.split(part, pieces));
  }

  /** Cuts at what a pattern finds. */
  static PreTokenizer of(TextPattern pattern, SplitBehavior behavior) {
    return (piece, pieces) -> behavior.split(piece, pattern, pieces);
  }
}
