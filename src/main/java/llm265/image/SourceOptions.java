package llm265.image;

/**
 * How to read the pictures of a file.
 *
 * @param monochrome whether only luma is taken
 * @param bitDepth bits per sample, 8 to 14; 0 for those of the file
 * @param lossless whether the pictures will be coded without loss: then losses in reading must be reported or refused
 * @param fullRange the range that R'G'B' and gray images are converted to, or that of the samples of a .y4m file, whatever the
 *     file says. Null means full range for images, and what the file says for .y4m
 * @param matrix the matrix that converts R'G'B', or that of a .y4m file, which cannot state one. Null means BT.601 for images,
 *     and none for .y4m
 */
public record SourceOptions(boolean monochrome, int bitDepth, boolean lossless, Boolean fullRange, ColourMatrix matrix) {
  /** Pictures as they are in the file. */
  public static final SourceOptions DEFAULT = new SourceOptions(false, 0, false, null, null);

  public SourceOptions {
    if (bitDepth != 0 && (bitDepth < 8 || bitDepth > 14)) {
      throw new IllegalArgumentException("bit depth " + bitDepth + " is not in 8..14");
    }
    if (matrix == ColourMatrix.GBR) {
      throw new IllegalArgumentException("4:2:0 pictures cannot have the matrix gbr");
    }
  }
}
