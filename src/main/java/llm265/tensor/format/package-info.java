/**
 * The sections of a tensor stream: header, tiles, side information, raw bits. SPEC.md, "Tensor stream".
 *
 * <p>Reading order: {@link TensorHeader} is the tensor section, with {@link TensorTransforms} for its flags and what they
 * announce. {@link TileInformation} is the tile section. {@link SideInformation} joins sections into an SEI message,
 * {@link RawNalUnit} has the raw bits. {@link StreamWriter} writes the tiles of a stream in order.
 *
 * <p>{@link TileCoder} and {@link TileReader} are the two seams for coding and reading a tile: {@code picture} and
 * {@code exact} implement the first, {@code decode} the second. A third way of coding tiles needs a flag here.
 */
package llm265.tensor.format;
