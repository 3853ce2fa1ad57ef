package llm265.trinity;

/** A distribution that is told by its frequencies themselves. */
public record CountedTokens(TokenFrequencies frequencies) implements Distribution {}
