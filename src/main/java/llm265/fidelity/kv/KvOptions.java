package llm265.fidelity.kv;

/**
 * How tokens come and are kept.
 *
 * @param pageTokens tokens of a page of the codec
 * @param sinks first tokens that the codec keeps raw
 * @param recent last tokens that the codec keeps raw at least
 * @param all whether every method codes all tokens as they come, and a window comes at once
 * @param pass number of tokens that a model reads at a time otherwise
 */
public record KvOptions(int pageTokens, int sinks, int recent, boolean all, int pass) {
  public KvOptions {
    if (pageTokens < 1 || sinks < 0 || recent < 0 || pass < 1) {
      throw new IllegalArgumentException(
          "pages of " + pageTokens + " tokens, " + sinks + " sinks, " + recent + " recent tokens, " + pass + " a pass");
    }
  }

  int tokensOfPass() {
    return all ? Integer.MAX_VALUE : pass;
  }
}
