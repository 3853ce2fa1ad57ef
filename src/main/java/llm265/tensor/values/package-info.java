/**
 * The values of a tensor in memory, and kernels that work on rows of them.
 *
 * <p>Reading order: {@link TensorElements} reads and writes values as floats or as patterns, {@link BitPatterns} patterns
 * alone. {@link ValueRow} is a row for reading, without a copy where possible. {@link ValueSink} receives decoded values.
 * {@link TensorKernels} is the contract of the kernels, with the order of every sum; {@link ScalarTensorKernels} is the
 * reference.
 *
 * <p>It knows no streams and no tiles.
 */
package llm265.tensor.values;
