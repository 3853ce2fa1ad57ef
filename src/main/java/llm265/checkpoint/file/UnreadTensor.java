package llm265.checkpoint.file;

/**
 * A tensor of a checkpoint that is not read, since its kind has no counterpart here.
 *
 * @param type its kind in the words of the format, such as {@code STRING}
 */
public record UnreadTensor(String name, String type) {}
