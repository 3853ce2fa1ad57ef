package llm265.trinity;

/** How magnitudes are distributed: by a {@link Law}, or as {@link CountedTokens} say. */
public interface Distribution {
  TokenFrequencies frequencies();
}
