/**
 * Checkpoint files: named tensors, mapped into memory, in the formats that people use. SPEC.md, "Checkpoint files".
 *
 * <p>Reading order: {@link Checkpoint} opens a file of any of these formats; {@code CheckpointFormat} recognizes them. {@link
 * SafetensorsReader}, {@code ShardedCheckpoint}, {@link NpyFile} and {@code OnnxReader} are readers, and so are those of {@code
 * checkpoint.gguf} and {@code checkpoint.torch}; each is a {@code TensorTable} over a {@code MappedFile}. {@link
 * SafetensorsWriter} writes. {@link OnnxRewriter} writes an ONNX model with other values, {@link OnnxGraph} says what it does
 * with them.
 *
 * <p>A damaged file is a {@code ModelFormatException} that names file and tensor. This package does not know what becomes of
 * the tensors.
 */
package llm265.checkpoint;
