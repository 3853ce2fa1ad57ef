/**
 * Tensors as what they differ by from those of a base: fine-tunes, and checkpoints of one run. SPEC.md, "Deltas".
 *
 * <p>Reading order: {@link llm265.model.delta.RangedTensor} is a tensor that is read by ranges, such as a base's. {@code
 * OrderedPatterns} and {@code ExactRange} are how bits follow from the base's bits, {@code DeltaSum} how values follow from the
 * base's values, {@code DeltaHeader} is what both begin with. {@link llm265.model.delta.DeltaCoding} and {@link
 * llm265.model.delta.DeltaTensor} are the doors; {@link llm265.model.delta.DeltaTrial} says beforehand what is gained.
 *
 * <p>It codes with {@code tensor.encode} and {@code data}, and knows no files.
 */
package llm265.model.delta;
