package llm265.lm.layer;

/**
 * Sizes of attention and what is done to its scores.
 *
 * @param heads number of heads of queries
 * @param kvHeads number of heads of keys and values, a divisor of {@code heads}: head h of queries has head {@code h * kvHeads /
 *     heads} of these
 * @param headSize number of elements of a head
 * @param scale factor of scores
 * @param cap bound c of scores, which become {@code c tanh(s / c)}; 0 for none
 * @param window number of tokens that a token sees, itself included; 0 for all
 * @param causal whether a token sees no later ones
 */
public record AttentionShape(int heads, int kvHeads, int headSize, float scale, float cap, int window, boolean causal) {}
