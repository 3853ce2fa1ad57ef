/**
 * What meets a target: {@link llm265.tensor.encode.TargetSearch} chooses range and method ({@code MethodChooser}, {@code
 * Arranger}), measures on excerpts of the tensor, and has {@code TensorCoding} code all tiles until the rate controller is
 * content. docs/encoder.md.
 */
package llm265.tensor.encode;
