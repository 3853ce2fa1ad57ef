/**
 * Codecs for tensors that come and go while models run and train: what a program embeds that serves or trains them.
 *
 * <p>KV caches: {@link llm265.runtime.KvSpec} says what a cache is of and {@link llm265.runtime.KvRate} what it may take;
 * {@link llm265.runtime.KvCodec} is the door. {@link llm265.runtime.KvView} is the owner's memory.
 * {@link llm265.runtime.KvCacheWriter} and {@link llm265.runtime.KvCacheReader} have sequences;
 * {@link llm265.runtime.KvPageJob} is a page of somebody else's pager. SPEC.md, "KV cache files".
 *
 * <p>Training: {@link llm265.runtime.GradientCodec} is for gradients that workers exchange,
 * {@link llm265.runtime.ActivationCodec} for activations and their gradients between stages of a pipeline. Messages are small,
 * and decode by themselves; the rate is held from message to message. SPEC.md, "Run-time messages".
 */
package llm265.runtime;
