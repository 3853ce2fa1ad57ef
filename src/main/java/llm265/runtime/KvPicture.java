package llm265.runtime;

import llm265.runtime.transform.KvPart;

/**
 * A picture of an H.264 stream of keys or values: a cell of a page.
 *
 * @param page number of its page
 * @param layer of the cell
 * @param part keys or values
 * @param group number of the group of heads that the cell has
 * @param firstToken first token of the cell: sinks are on no picture
 * @param tokens number of tokens that count
 */
public record KvPicture(int page, int layer, KvPart part, int group, int firstToken, int tokens) {}
