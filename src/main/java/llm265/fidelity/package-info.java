/**
 * What compression does to a model: perplexity, divergence from the original, and sentence embeddings, by running both on a text.
 *
 * <p>Read {@link llm265.fidelity.ModelWeights}, {@link llm265.fidelity.TokenWindows}, {@link llm265.fidelity.Fidelity}, {@link
 * llm265.fidelity.CausalFidelity}, {@link llm265.fidelity.MaskedFidelity}, {@link llm265.fidelity.EmbeddingFidelity}; then
 * {@link llm265.fidelity.MomentsCollector} and {@link llm265.fidelity.Calibrator} for what calibrated coding is told, and {@link
 * llm265.fidelity.AllocationSearch} for what each tensor is worth. {@link llm265.fidelity.FidelityBench} compares methods, which
 * {@link llm265.fidelity.MethodLine} names, each a {@code WeightMethod}: {@code CodecMethod} is ours, by a {@link
 * llm265.fidelity.CodecForm}; {@code BaselineMethod} has those of {@code llm265.baseline}, whose layers come in a {@code
 * LayerGroup}, and GPTQ's inputs out of {@code BlockInputs}.
 */
package llm265.fidelity;
