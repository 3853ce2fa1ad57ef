package llm265.image;

/**
 * How the pictures of a file are to be taken.
 *
 * @param monochrome luma alone
 * @param bitDepth bits a sample, 8 to 14; 0 for those of the file
 * @param lossless whether the pictures are to be coded without loss: what reading loses must be told or refused then
 * @param fullRange the range that R'G'B' and gray images are converted to, or that of the samples of a .y4m file, whatever it
 *     says itself; null for full range of images and for what a .y4m file says
 * @param matrix the matrix that R'G'B' is converted with, or that of a .y4m file, which cannot say it; null for BT.601 and for
 *     none
 */
public record SourceOptions(boolean monochrome, int bitDepth, boolean lossless, Boolean fullRange, ColourMatrix matrix) {
  /** Pictures as the file has them. */
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
