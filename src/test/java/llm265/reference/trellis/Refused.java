package llm265.reference.trellis;

/** What a reader by SPEC.md finds wrong with a stream. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  Refused(String message) {
    super(message);
  }

  static void unless(boolean sound, String message) {
    if (!sound) {
      throw new Refused(message);
    }
  }
}
