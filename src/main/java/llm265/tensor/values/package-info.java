/**
 * The values of a tensor in memory, read as floats or as bit patterns, and where decoded ones go; the kernels that work on rows
 * of them.
 */
package llm265.tensor.values;
