package llm265.h264;

/** What the two exceptions that leave the decoder share: a place, a syntax element and a clause. */
public abstract sealed class StreamException extends RuntimeException
    permits MalformedStreamException, UnsupportedStreamException {
  private static final long serialVersionUID = 1L;

  private final String syntaxElement;
  private final String clause;
  private final String problem;
  private final transient StreamPosition position;

  StreamException(String syntaxElement, String clause, String problem, StreamPosition position, Throwable cause) {
    super(describe(syntaxElement, clause, problem, position), cause);
    this.syntaxElement = syntaxElement;
    this.clause = clause;
    this.problem = problem;
    this.position = position;
  }

  private static String describe(String syntaxElement, String clause, String problem, StreamPosition position) {
    String where = position.toString();
    // SPEC.md specifies what the standard leaves to its users; it has headings instead of clauses.
    String rule = clause.startsWith("SPEC.md") ? clause : "clause " + clause;
    return syntaxElement + ": " + problem + " (" + rule + (where.isEmpty() ? "" : "; " + where) + ")";
  }

  /** The syntax element or structure at fault, named as in the standard. */
  public String syntaxElement() {
    return syntaxElement;
  }

  /** The clause that it breaks, such as {@code 7.4.2.1.1}. */
  public String clause() {
    return clause;
  }

  /** What is wrong; does not name the place. */
  public String problem() {
    return problem;
  }

  /** Where the fault was found; never null. */
  public StreamPosition position() {
    return position == null ? StreamPosition.UNKNOWN : position;
  }

  /** The same exception with a place, for callers that know more than the code that found the fault. */
  public abstract StreamException at(StreamPosition place);
}
