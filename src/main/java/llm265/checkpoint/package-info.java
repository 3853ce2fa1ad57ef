/**
 * Checkpoint files: tensors by name, mapped into memory, in the formats that people keep them in. Begin with {@link
 * llm265.checkpoint.Checkpoint}, which opens any of them; {@code SafetensorsWriter} writes, {@code OutputFile} makes every output
 * appear whole or not at all. A damaged file is a {@link llm265.checkpoint.ModelFormatException} that names file and tensor.
 * SPEC.md, "Checkpoint files".
 */
package llm265.checkpoint;
