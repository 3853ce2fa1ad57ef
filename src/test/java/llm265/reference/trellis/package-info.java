/**
 * A second, slow reader and a writer of trellis streams, as SPEC.md, "Trellis stream", has them and by nothing else. They share
 * no line with the coder.
 */
package llm265.reference.trellis;
