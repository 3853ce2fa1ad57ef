package llm265.lm.layer;

import llm265.parallel.Workers;

/**
 * A run of tokens through a model.
 *
 * @param rows number of tokens, 1 or more
 * @param first position of the first of them: the length of the cache
 */
public record Pass(int rows, int first, KvCache cache, LayerObserver observer, Workers workers) {}
