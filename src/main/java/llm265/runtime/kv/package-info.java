/**
 * Cells of a KV cache: the keys or the values of some heads of a layer, over the tokens of a page. SPEC.md, "KV cache files".
 *
 * <p>{@link llm265.runtime.kv.TokenTransform} and {@link llm265.runtime.kv.CellModel} say what is expected of a cell's
 * coefficients, {@link llm265.runtime.message.DeviationLaws} with which laws they are coded, {@link
 * llm265.runtime.kv.ModelLearner} where models come from. {@link llm265.runtime.kv.CellEncoder} and {@link
 * llm265.runtime.kv.CellDecoder} make bytes of rows and rows of bytes: {@code LevelCoder} is the seam between chunks of the
 * trellis coder and pictures that carry levels, whose layout is {@link llm265.runtime.kv.CellPicture}. This package knows rows
 * of channels; it does not know sequences, pages or files.
 */
package llm265.runtime.kv;
