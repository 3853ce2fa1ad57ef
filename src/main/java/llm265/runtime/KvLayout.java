package llm265.runtime;

/** Where keys and values lie in memory; dimensions outermost first. {@link KvView} has a view of each. */
public enum KvLayout {
  /** {@code [2, layers, tokens, heads, dim]}. */
  CANONICAL,
  /** vLLM until 0.25, by layer: {@code [2, blocks, block tokens, heads, dim]}. */
  VLLM_SPLIT,
  /** vLLM since 0.26, by layer: {@code [blocks, heads, block tokens, 2 * dim]}. */
  VLLM_PACKED,
  /** SGLang's page_first: {@code [2, tokens, layers, heads, dim]}. */
  PAGE_FIRST,
  /** SGLang's page_head: {@code [2, pages, heads, page tokens, layers, dim]}. */
  PAGE_HEAD,
  /** transformers, by layer, keys and values apart: {@code [heads, tokens, dim]} of a batch of one. */
  HUGGING_FACE
}
