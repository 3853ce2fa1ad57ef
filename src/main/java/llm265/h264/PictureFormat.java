package llm265.h264;

/**
 * The shape of a coded picture, fixed when a sequence parameter set is activated (7.4.2.1.1).
 *
 * <p>Arrays always hold whole macroblocks; the cropping rectangle says which part is output. All sizes are checked here, so later
 * code never computes with an unchecked size from a stream.
 *
 * @param widthInMbs PicWidthInMbs, 1 or more
 * @param heightInMbs FrameHeightInMbs, 1 or more
 * @param chroma chroma format
 * @param bitDepthLuma BitDepthY, 8 to 14
 * @param bitDepthChroma BitDepthC, 8 to 14
 * @param cropLeft luma columns left of the output rectangle
 * @param cropRight luma columns right of it
 * @param cropTop luma rows above it
 * @param cropBottom luma rows below it
 */
public record PictureFormat(
    int widthInMbs,
    int heightInMbs,
    ChromaFormat chroma,
    int bitDepthLuma,
    int bitDepthChroma,
    int cropLeft,
    int cropRight,
    int cropTop,
    int cropBottom) {

  /** The largest PicSizeInMbs of any level (level 6.2, Table A-1). */
  public static final int MAX_SIZE_IN_MBS = 139_264;

  public PictureFormat {
    if (widthInMbs < 1 || heightInMbs < 1 || (long) widthInMbs * heightInMbs > MAX_SIZE_IN_MBS) {
      throw new IllegalArgumentException("picture of " + widthInMbs + "x" + heightInMbs + " macroblocks");
    }
    if (bitDepthLuma < 8 || bitDepthLuma > 14 || bitDepthChroma < 8 || bitDepthChroma > 14) {
      throw new IllegalArgumentException("bit depths " + bitDepthLuma + " and " + bitDepthChroma + " are not in 8..14");
    }
    if (cropLeft < 0 || cropRight < 0 || cropTop < 0 || cropBottom < 0
        || (long) cropLeft + cropRight >= 16L * widthInMbs
        || (long) cropTop + cropBottom >= 16L * heightInMbs) {
      throw new IllegalArgumentException("cropping leaves no sample");
    }
  }

  /** An 8-bit format of {@code width x height} luma samples, padded right and below to whole macroblocks. */
  public static PictureFormat of8Bit(int width, int height, ChromaFormat chroma) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("picture of " + width + "x" + height + " samples");
    }
    int widthInMbs = (width + 15) >> 4;
    int heightInMbs = (height + 15) >> 4;
    return new PictureFormat(
        widthInMbs, heightInMbs, chroma, 8, 8, 0, 16 * widthInMbs - width, 0, 16 * heightInMbs - height);
  }

  /** The same format with samples of another depth in all planes. */
  public PictureFormat withBitDepth(int bitDepth) {
    return new PictureFormat(
        widthInMbs, heightInMbs, chroma, bitDepth, bitDepth, cropLeft, cropRight, cropTop, cropBottom);
  }

  /** The format of a field of this frame format, whose height in macroblocks must be even. */
  public PictureFormat field() {
    return new PictureFormat(
        widthInMbs, heightInMbs / 2, chroma, bitDepthLuma, bitDepthChroma, cropLeft, cropRight, cropTop / 2, cropBottom / 2);
  }

  /** The format of the luma plane alone. */
  public PictureFormat monochrome() {
    return new PictureFormat(
        widthInMbs, heightInMbs, ChromaFormat.MONOCHROME, bitDepthLuma, bitDepthLuma, cropLeft, cropRight, cropTop, cropBottom);
  }

  /** PicSizeInMbs. */
  public int sizeInMbs() {
    return widthInMbs * heightInMbs;
  }

  /** 1 for monochrome, else 3. */
  public int planes() {
    return chroma == ChromaFormat.MONOCHROME ? 1 : 3;
  }

  /** Width of a plane (0 luma, 1 Cb, 2 Cr) in samples, whole macroblocks; also its stride. */
  public int codedWidth(int plane) {
    return widthInMbs * (plane == 0 ? 16 : chroma.mbWidthC());
  }

  /** Height of a plane in samples, whole macroblocks. */
  public int codedHeight(int plane) {
    return heightInMbs * (plane == 0 ? 16 : chroma.mbHeightC());
  }

  /** Width of a plane after cropping. */
  public int width(int plane) {
    return (16 * widthInMbs - cropLeft - cropRight) / (plane == 0 ? 1 : chroma.subWidthC());
  }

  /** Height of a plane after cropping. */
  public int height(int plane) {
    return (16 * heightInMbs - cropTop - cropBottom) / (plane == 0 ? 1 : chroma.subHeightC());
  }

  /** First output column of a plane. */
  public int left(int plane) {
    return cropLeft / (plane == 0 ? 1 : chroma.subWidthC());
  }

  /** First output row of a plane. */
  public int top(int plane) {
    return cropTop / (plane == 0 ? 1 : chroma.subHeightC());
  }

  /** QpBdOffsetY (7-2). */
  public int qpBdOffsetY() {
    return 6 * (bitDepthLuma - 8);
  }

  /** QpBdOffsetC (7-3). */
  public int qpBdOffsetC() {
    return 6 * (bitDepthChroma - 8);
  }

  /** Bit depth of a plane's samples. */
  public int bitDepth(int plane) {
    return plane == 0 ? bitDepthLuma : bitDepthChroma;
  }
}
