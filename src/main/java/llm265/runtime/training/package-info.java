/**
 * Trains small language models over links that compress: what the methods of {@link llm265.runtime.exchange} cost in quality.
 * The model itself is computed by a library that is loaded by name; all else is plain Java.
 */
package llm265.runtime.training;
