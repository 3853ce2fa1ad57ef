/**
 * Checkpoints whose weights are quantized already, as Hugging Face's folders have them: a weight is codes, scales and more, each
 * a tensor of its own. docs/checkpoints.md, "Quantized checkpoints".
 *
 * <p>Reading order: {@link QuantizedCheckpoint} recognizes the weights among a {@link TensorSource}'s tensors, with {@link
 * QuantizationConfig} where they leave something open. {@link QuantizedWeight} says what a weight is, and {@link WeightRows} has
 * its values. A {@code WeightFinder} for each family of formats checks that parts fit: {@code PackedIntegers}, {@code
 * ScaledElements}, {@code PackedFloats}, {@code TransposedIntegers}, {@code FourBitStates}, {@code PackedExperts}.
 *
 * <p>{@link WeightExport} makes such tensors from floats, {@link ExportFormat} says which, and {@link ConfigJson} makes the
 * folder's configuration agree. {@link DequantizedCheckpoint} has the plain tensors of a quantized checkpoint, as a checkpoint.
 */
package llm265.quantized;
