/**
 * One tensor as 8-bit luma pictures and back: 2-D view and tiles, sample quantizer, exact outliers, and the side information
 * that travels in SEI messages. SPEC.md, "Tensor stream", says what every byte means.
 */
package llm265.tensor;
