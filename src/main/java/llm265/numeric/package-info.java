/**
 * Arithmetic that several packages share. {@link Logarithms} has bits and decibels, with the same results on every machine. A
 * leaf.
 */
package llm265.numeric;
