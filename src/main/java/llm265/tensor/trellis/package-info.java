/**
 * Tiles without pictures: values are quantized by trellis and entropy coded by {@link llm265.trinity}. SPEC.md, "Trellis stream".
 *
 * <p>Read {@link llm265.tensor.trellis.TrellisMethod}, then {@link llm265.tensor.trellis.TrellisSampling}, which chooses the laws
 * for a step on a sample, then {@link llm265.tensor.trellis.TrellisTiles}, and {@link
 * llm265.tensor.trellis.RowFeedback} for what calibration adds.
 */
package llm265.tensor.trellis;
