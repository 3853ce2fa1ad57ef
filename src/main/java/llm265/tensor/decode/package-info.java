/** Tensor streams to values: {@link llm265.tensor.decode.TensorStream} reads the header and hands tiles to decoders. */
package llm265.tensor.decode;
