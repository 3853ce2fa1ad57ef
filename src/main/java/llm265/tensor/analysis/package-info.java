/**
 * What an encoder looks at before it codes: statistics, ranges, scales, axes. Knows no codec. docs/encoder.md says what it makes
 * of them.
 */
package llm265.tensor.analysis;
