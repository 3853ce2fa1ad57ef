/**
 * Types of values and what their bits mean.
 *
 * <p>{@link DType} names the types, {@link ValueCodec} reads and writes values of them. {@link TensorView} is a tensor in
 * memory: name, type, shape and data. {@link HalfFloats} and {@link Float8} are the narrow floating-point formats,
 * {@link FloatConversion} converts whole tensors, {@link Shape} counts values, {@link LittleEndian} has the layouts.
 *
 * <p>{@code BlockValues} reads the block types of GGUF files; each family of them has a file: {@code RoundedBlocks}, {@code
 * SuperBlocks}, {@code TableBlocks}, {@code TernaryBlocks}. {@link BlockEncoder} writes three of them.
 *
 * <p>A leaf: it knows no files, streams or pictures.
 */
package llm265.dtype;
