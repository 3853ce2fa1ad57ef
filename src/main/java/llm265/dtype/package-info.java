/**
 * Types of values and what they mean: {@link llm265.dtype.DType} names them, {@link llm265.dtype.ValueCodec} reads and writes
 * them, {@link llm265.dtype.TensorView} is a tensor in memory, with name, type, shape and data. A leaf.
 */
package llm265.dtype;
