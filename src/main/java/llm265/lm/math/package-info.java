/**
 * The arithmetic of transformers on rows of floats: products of matrices, softmax, activations.
 *
 * <p>Read {@link llm265.lm.math.MatrixKernels}, whose contract fixes the order of every sum, then {@link
 * llm265.lm.math.PackedMatrix}. {@link llm265.lm.math.Strips} shares rows out among threads. The package knows no model.
 */
package llm265.lm.math;
