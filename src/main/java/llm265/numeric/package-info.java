/**
 * Arithmetic that several packages share. {@link Logarithms} has bits and decibels, with the same results on every machine;
 * {@link AliasBuckets} divides the slots of entropy coders;
 * {@link HadamardRotation} spreads what stands out over all elements. A leaf.
 */
package llm265.numeric;
