/**
 * What compression does to a model: perplexity and divergence from the original, by running both on a text.
 *
 * <p>Read {@link llm265.fidelity.TokenWindows}, {@link llm265.fidelity.Fidelity}, {@link llm265.fidelity.CausalFidelity}; then
 * {@link llm265.fidelity.MomentsCollector} and {@link llm265.fidelity.CalibrationFile} for what calibrated coding is told.
 */
package llm265.fidelity;
