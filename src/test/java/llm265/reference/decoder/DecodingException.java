package llm265.reference.decoder;

/** The stream breaks the standard, or uses something that this decoder leaves out. Nothing else is thrown for any bytes. */
public final class DecodingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * An error.
   *
   * @param clause the clause of the standard that is broken
   * @param problem what is wrong, in words
   */
  DecodingException(String clause, String problem) {
    super(problem + " (clause " + clause + ")");
  }
}
