/**
 * Tiles as H.264 pictures whose samples stand for values. SPEC.md, "From samples to values".
 *
 * <p>Reading order: {@link Arrangement} says how values are arranged, {@link CodingMethod} how pictures are coded,
 * {@link SampleDepth} how deep samples are. {@link SampleQuantizer} turns values into samples. {@link PictureTileCoder} codes
 * a picture full of values and fits its reconstruction, with {@link SignPatternSearch}. {@link PictureTiles} does so for all
 * tiles of a tensor. {@link PictureCoder} is what it needs of an encoder; {@link H264PictureCoder} is ours.
 *
 * <p>It does not choose arrangement, method or step; that is for {@code encode}.
 */
package llm265.tensor.picture;
