package llm265.h264;

/** The stream is legal, but uses something that this decoder does not decode, such as P and B slices. */
public final class UnsupportedStreamException extends StreamException {
  private static final long serialVersionUID = 1L;

  /** A fault whose place the thrower does not know; a caller adds the place with {@link #at}. */
  public UnsupportedStreamException(String syntaxElement, String clause, String problem) {
    this(syntaxElement, clause, problem, StreamPosition.UNKNOWN, null);
  }

  private UnsupportedStreamException(
      String syntaxElement, String clause, String problem, StreamPosition position, Throwable cause) {
    super(syntaxElement, clause, problem, position, cause);
  }

  @Override
  public UnsupportedStreamException at(StreamPosition place) {
    return new UnsupportedStreamException(syntaxElement(), clause(), problem(), place, this);
  }
}
