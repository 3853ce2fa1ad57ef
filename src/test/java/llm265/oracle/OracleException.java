package llm265.oracle;

/** Another codec refused, or complained about, what it was given. */
final class OracleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OracleException(String message) {
    super(message);
  }
}
