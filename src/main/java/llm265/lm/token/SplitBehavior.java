package llm265.lm.token;

import java.util.function.Consumer;

/** What becomes of the matches at which a text is split. */
enum SplitBehavior {
  /** They are dropped. */
  REMOVED("Removed"),
  /** Each is a piece. */
  ISOLATED("Isolated"),
  /** A match ends the piece before it, if that is not a match, too. */
  MERGED_WITH_PREVIOUS("MergedWithPrevious"),
  /** A match begins the piece after it, if that is not a match, too. */
  MERGED_WITH_NEXT("MergedWithNext"),
  /** Matches that follow each other are one piece. */
  CONTIGUOUS("Contiguous");

  private final String title;

  SplitBehavior(String title) {
    this.title = title;
  }

  /** Reads the member "behavior". */
  static SplitBehavior read(Part part, String ifAbsent) {
    String title = part.text("behavior", ifAbsent);
    for (SplitBehavior behavior : values()) {
      if (behavior.title.equals(title)) {
        return behavior;
      }
    }
    throw part.refused("has the unknown behavior ", title);
  }

  /** Splits a piece into pieces that are not empty. */
  void split(NormalizedText piece, TextPattern pattern, Consumer<NormalizedText> pieces) {
    Segments segments = new Segments();
    pattern.find(piece.text(), segments);
    switch (this) {
      case REMOVED -> {
        for (int i = 0; i < segments.size(); i++) {
          if (!segments.isMatch(i)) {
            emit(piece, segments.start(i), segments.end(i), pieces);
          }
        }
      }
      case ISOLATED -> emitAll(piece, segments, pieces);
      case MERGED_WITH_PREVIOUS, CONTIGUOUS -> emitAll(piece, merged(segments), pieces);
      case MERGED_WITH_NEXT -> splitBeforeMatches(piece, segments, pieces);
    }
  }

  private Segments merged(Segments segments) {
    Segments merged = new Segments();
    boolean previous = false;
    for (int i = 0; i < segments.size(); i++) {
      boolean isMatch = segments.isMatch(i);
      boolean merges = this == CONTIGUOUS ? isMatch == previous : isMatch && !previous;
      if (merges && merged.size() > 0) {
        merged.extendLast(segments.end(i));
      } else {
        merged.add(segments.start(i), segments.end(i), false);
      }
      previous = isMatch;
    }
    return merged;
  }

  private static void splitBeforeMatches(NormalizedText piece, Segments segments, Consumer<NormalizedText> pieces) {
    for (int i = 0; i < segments.size(); i++) {
      int start = segments.start(i);
      // Of matches that follow each other, only the last is merged.
      if (segments.isMatch(i) && i + 1 < segments.size() && !segments.isMatch(i + 1)) {
        i++;
      }
      emit(piece, start, segments.end(i), pieces);
    }
  }

  private static void emitAll(NormalizedText piece, Segments segments, Consumer<NormalizedText> pieces) {
    for (int i = 0; i < segments.size(); i++) {
      emit(piece, segments.start(i), segments.end(i), pieces);
    }
  }

  private static void emit(NormalizedText piece, int start, int end, Consumer<NormalizedText> pieces) {
    if (start < end) {
      pieces.accept(piece.slice(start, end));
    }
  }
}
