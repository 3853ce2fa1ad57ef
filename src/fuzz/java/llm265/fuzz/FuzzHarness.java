package llm265.fuzz;

/** What Jazzer calls: the target that the system property {@value #TARGET} names. */
public final class FuzzHarness {
  static final String TARGET = "fuzz.target";

  private static final FuzzTarget CHOSEN = FuzzTargets.named(System.getProperty(TARGET));

  private FuzzHarness() {}

  /** By the name that Jazzer looks for. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    CHOSEN.run(input);
  }
}
