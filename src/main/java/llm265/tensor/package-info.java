/**
 * The vocabulary of the tensor layer, which codes one tensor as pictures. SPEC.md, "View and tiles".
 *
 * <p>{@link TensorFraming} is the 2-D view of a tensor and its tiles. {@link ElementType} lists the types that a stream can
 * hold. {@link Effort} says how much time an encoder may take, {@link EncodedTensor} how the result came out. A
 * {@link StreamStore} receives a stream, in memory ({@link MemoryStore}) or in a file ({@link FileStore}).
 *
 * <p>The packages below, in reading order: {@code payload} (bytes of side information), {@code values} (numbers in memory),
 * {@code tools} (a class for each section of SPEC.md), {@code format} (the sections of a stream), {@code reconstruct} (levels
 * to values), {@code decode} (streams to values). An encoder adds {@code analysis} (what it looks at), {@code picture} and
 * {@code exact} (the two ways of coding a tile) and {@code encode} (what meets a target); {@code distortion} measures.
 *
 * <p>None of them knows files of models. Only {@code format}, {@code picture}, {@code exact} and {@code decode} deal with
 * H.264 streams.
 */
package llm265.tensor;
