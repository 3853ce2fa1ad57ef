package llm265.baseline.kv;

/**
 * When tokens of a sequence are coded.
 *
 * @param unit number of tokens that are coded together, 1 or more
 * @param sinks number of first tokens that are never coded
 * @param recent number of last tokens that are not coded yet; units are coded once all of their tokens are older
 * @param atOnce whether tokens are coded as they come, before anything reads them, and units may be short
 */
public record CodingPlan(int unit, int sinks, int recent, boolean atOnce) {
  public CodingPlan {
    if (unit < 1 || sinks < 0 || recent < 0) {
      throw new IllegalArgumentException("units of " + unit + ", " + sinks + " sinks, " + recent + " recent tokens");
    }
  }

  /** Every token is coded as it comes. */
  public static CodingPlan all(int unit) {
    return new CodingPlan(unit, 0, 0, true);
  }

  /** Units are coded at the end of the pass that leaves so many newer tokens behind. */
  public static CodingPlan behind(int unit, int sinks, int recent) {
    return new CodingPlan(unit, sinks, recent, false);
  }
}
