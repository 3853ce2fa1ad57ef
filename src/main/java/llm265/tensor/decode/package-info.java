/**
 * Tensor streams to values.
 *
 * <p>{@link TensorStream} reads the header of a stream and finds its tiles. It decodes those that a request needs, side by
 * side. {@code PictureTileReader} decodes the picture of a tile, compares its checksum, and hands it to {@code reconstruct}.
 *
 * <p>Damage of any kind is an exception of {@code h264}. It knows nothing of encoders.
 */
package llm265.tensor.decode;
