package llm265.checkpoint;

/**
 * A tensor that a checkpoint holds and that is not read, being of a kind without a counterpart here.
 *
 * @param type what it is by the words of the format, such as {@code STRING}
 */
public record UnreadTensor(String name, String type) {}
