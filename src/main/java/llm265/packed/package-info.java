/**
 * Tensors that are quantized already, without loss: codes by classes of blocks that their scales tell apart, and scales. SPEC.md,
 * "Packed tensors".
 *
 * <p>{@link llm265.packed.PackedEncoder} and {@link llm265.packed.PackedTensor} are the doors. Read {@link
 * llm265.packed.CodeLayout} for what a tensor's bytes may be, {@link llm265.packed.Piece}, {@link llm265.packed.CodeField} and
 * {@link llm265.packed.RecordFormat} for how they become planes of symbols, with the tables of formats in {@link
 * llm265.packed.BlockFormats} and {@link llm265.packed.PlainFormats}; {@link llm265.packed.StepRule} for what scales say of
 * codes; {@link llm265.packed.PlaneDecoder} and {@link llm265.packed.SequenceReader} for a plane. {@link
 * llm265.packed.PlaneEncoder}, {@link llm265.packed.HoleSearch} and {@link llm265.packed.ClassSearch} choose.
 */
package llm265.packed;
