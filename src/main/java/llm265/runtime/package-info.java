/**
 * Tensors while a model runs: the codec of KV caches, for programs that serve language models.
 *
 * <p>{@link llm265.runtime.KvSpec} says what a cache is of and {@link llm265.runtime.KvRate} what it may take;
 * {@link llm265.runtime.KvCodec} is the door. {@link llm265.runtime.KvView} is the owner's memory.
 * {@link llm265.runtime.KvCacheWriter} and {@link llm265.runtime.KvCacheReader} have sequences;
 * {@link llm265.runtime.KvPageJob} is a page of somebody else's pager. SPEC.md, "KV cache files".
 */
package llm265.runtime;
