/**
 * How far the values of one tensor are from those of another. SPEC.md, "Distortion".
 *
 * <p>{@link TensorDistortion} is the result, and measures it; {@code DistortionSums} adds up so that large tensors lose no
 * accuracy and the result does not depend on the number of threads. It compares values only, and knows no streams.
 */
package llm265.tensor.distortion;
