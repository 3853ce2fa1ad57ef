/**
 * A whole model in one file: {@link llm265.model.ModelCompressor} and {@link llm265.model.ModelDecompressor} are its doors,
 * {@link llm265.model.CompressedModel} opens what they made. Behind them {@code TensorSelection} says what is compressed, {@code
 * BudgetPlanner} shares the bits of a target, {@code ModelCompression} codes and writes, {@code ModelIndex} is what the file says
 * of its tensors. SPEC.md, "Compressed model file".
 */
package llm265.model;
