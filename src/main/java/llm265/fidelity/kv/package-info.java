/**
 * What coding of keys and values does to a model that runs with them. {@link llm265.fidelity.kv.KvBench} compares ways of keeping
 * them: {@link llm265.fidelity.kv.KvMeasure} runs a model with each, {@link llm265.fidelity.kv.AttentionError} has what becomes
 * of attention, and {@link llm265.fidelity.kv.KvProfiler} learns a profile. {@code CodecPages} has
 * the codec of {@link llm265.runtime} among them.
 */
package llm265.fidelity.kv;
