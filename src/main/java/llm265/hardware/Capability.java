package llm265.hardware;

import java.util.Comparator;
import java.util.List;

/**
 * What an engine does with one format.
 *
 * @param known whether that is known
 * @param formats chroma format and bits a sample, as {@code 420/8}; empty if it does not take the format at all
 * @param width greatest width in samples, 0 if it is not known
 * @param height greatest height
 */
public record Capability(boolean known, List<String> formats, int width, int height) {
  /** It does not take the format. */
  static final Capability NONE = new Capability(true, List.of(), 0, 0);

  static final Capability UNKNOWN = new Capability(false, List.of(), 0, 0);

  public Capability {
    formats = List.copyOf(formats);
  }

  /** Whether it takes pictures of a chroma format and depth, as {@code 420/8}. */
  public Answer takes(String format) {
    return !known ? Answer.UNKNOWN : formats.contains(format) ? Answer.YES : Answer.NO;
  }

  /** A cell of a table: the greatest depth of the fullest chroma format. */
  public String cell() {
    return !known ? "?" : formats.stream()
        .max(Comparator.comparing((String format) -> format.substring(0, 3))
            .thenComparing(format -> Integer.parseInt(format.substring(4))))
        .orElse("-");
  }

  /** All that is known, on one line. */
  public String line() {
    return !known ? "not known" : formats.isEmpty() ? "no"
        : String.join(" ", formats) + (width > 0 ? ", up to " + width + "x" + height : "");
  }
}
