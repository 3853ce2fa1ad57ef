/**
 * Dependent quantization and interleaved rANS: a codec for values whose neighbours say nothing of them, made for the vectors of
 * the decoder. SPEC.md, "Trellis stream".
 *
 * <p>It knows chunks of values, levels and bytes, and nothing of tensors. Read {@link llm265.trinity.Trellis},
 * {@link llm265.trinity.Alphabet}, {@link llm265.trinity.Law}, {@link llm265.trinity.TokenTables} and
 * {@link llm265.trinity.LaneStates} for the format; {@link llm265.trinity.SearchKernels} and
 * {@link llm265.trinity.ChunkKernels} for what is done to a chunk, with scalar references; then
 * {@link llm265.trinity.ChunkEncoder} and {@link llm265.trinity.ChunkDecoder}.
 */
package llm265.trinity;
