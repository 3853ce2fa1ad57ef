package llm265.fuzz;

/** What Jazzer calls: the target that the system property {@value #TARGET} names. */
public final class FuzzHarness {
  static final String TARGET = "fuzz.target";

  private static final FuzzTarget CHOSEN = FuzzTargets.named(System.getProperty(TARGET));

  private FuzzHarness() {}

  /** Jazzer calls it before it begins to count seconds: what classes and folders take is no finding. */
  public static void fuzzerInitialize() throws Exception {
    CHOSEN.run(new byte[0]);
  }

  /** Jazzer calls it with each input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    CHOSEN.run(input);
  }
}
