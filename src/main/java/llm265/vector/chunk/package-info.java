/**
 * The kernels of {@link llm265.trinity.SearchKernels} and {@link llm265.trinity.ChunkKernels} on the Vector API: 16 lanes in one
 * vector of 512 bits or two of 256.
 *
 * <p>Read {@link llm265.vector.chunk.VectorSearchKernels} and {@link llm265.vector.chunk.VectorChunkKernels}, then the search
 * ({@code ChunkSearch}, {@code ChunkBranches}, {@code ChunkPaths}, {@code ChunkTraceback}), the encoder ({@code ChunkEncoding})
 * and the decoder ({@code ChunkDecoding}). A number at the end of a name is that of the lanes in a vector. What
 * {@link llm265.vector} says of C2 holds here too.
 */
package llm265.vector.chunk;
