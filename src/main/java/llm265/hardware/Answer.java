package llm265.hardware;

/** Yes, no, or nobody knows. */
public enum Answer {
  YES("yes"), NO("no"), UNKNOWN("?");

  private final String text;

  Answer(String text) {
    this.text = text;
  }

  /** Its cell in tables. */
  public String text() {
    return text;
  }
}
