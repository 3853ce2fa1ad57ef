/**
 * One tensor as pictures and back: the words that all rooms below share. {@link llm265.tensor.TensorFraming} is the 2-D view and
 * its tiles, {@code ElementType} the types that a stream can have, {@link llm265.tensor.Effort} and {@link
 * llm265.tensor.EncodedTensor} what goes into coding and comes out.
 *
 * <p>In reading order: {@code payload} (bytes of side information), {@code values} (numbers in memory), {@code tools} (a class a
 * section of SPEC.md), {@code format} (the sections of a stream), {@code reconstruct} (levels to values), {@code decode} (streams
 * to values). An encoder adds {@code analysis} (what it looks at), {@code picture} and {@code exact} (the two ways of coding a
 * tile) and {@code encode} (what meets a target).
 */
package llm265.tensor;
