/**
 * The front door for tensors: a tensor in, a standard H.264 stream out, and back. SPEC.md, "Tensor stream".
 *
 * <p>{@link TensorEncoder} makes streams that meet a target: bits per value, a signal-to-noise ratio, a bound on errors, a QP,
 * or no loss. {@link TensorDecoder} reads them, whole or in parts. {@link TensorInfo} is what a stream says about its tensor.
 *
 * <p>The work is done below: {@link llm265.tensor.encode.TargetSearch} encodes, {@link llm265.tensor.decode.TensorStream}
 * decodes. Whole models are for {@code llm265.model}, and files for {@code llm265.checkpoint}; this package knows neither.
 */
package llm265;
