package llm265.h264;

/** The stream breaks the standard: a value out of its range, data that ends early, a checksum that does not match. */
public final class MalformedStreamException extends StreamException {
  private static final long serialVersionUID = 1L;

  /** A fault whose place the thrower does not know; a caller adds the place with {@link #at}. */
  public MalformedStreamException(String syntaxElement, String clause, String problem) {
    this(syntaxElement, clause, problem, StreamPosition.UNKNOWN, null);
  }

  private MalformedStreamException(
      String syntaxElement, String clause, String problem, StreamPosition position, Throwable cause) {
    super(syntaxElement, clause, problem, position, cause);
  }

  @Override
  public MalformedStreamException at(StreamPosition place) {
    return new MalformedStreamException(syntaxElement(), clause(), problem(), place, this);
  }
}
