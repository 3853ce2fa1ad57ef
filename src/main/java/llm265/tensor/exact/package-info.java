/**
 * Tiles as lossless pictures of bits. SPEC.md, "Exact values".
 *
 * <p>Reading order: {@link ExactAnalysis} chooses which bits of the values are coded on which planes, and which are raw.
 * {@code ExactTiles} codes tiles accordingly. {@link ExactCoding} codes a whole tensor.
 *
 * <p>Decoding is in {@code reconstruct}, since a decoder needs no choice.
 */
package llm265.tensor.exact;
