/**
 * Pictures in files: y4m, png, pgm, ppm and raw planar samples, with their ranges, matrices and depths. docs/h264.md says how
 * these relate to VUI parameters.
 *
 * <p>Reading order: {@link PictureSource} reads and {@link PictureSink} writes; {@link PictureFiles} chooses them by name.
 * {@link ColourMatrix} (Table E-5) and {@code ColourConversion} convert between R'G'B' and samples. Then a format, such as
 * {@code Y4mReader} and {@code Y4mWriter}. A {@link PictureDump} is another decoder's output, for comparison with ours.
 *
 * <p>It uses the vocabulary of {@code h264}, and {@code h264.decode} for decoded pictures. It knows no tensors.
 */
package llm265.image;
