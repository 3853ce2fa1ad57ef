package llm265.image;

import java.io.IOException;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;

/**
 * E.2.1: converts between R'G'B' in 0..1 and the samples of a picture, by its matrix and range. A sample depends only on the
 * samples at its own place.
 */
final class ColourConversion {
  private final ColourMatrix matrix;
  private final double lumaScale;
  private final double lumaOffset;
  private final double chromaScale;
  private final double chromaOffset;
  private final int bitDepthLuma;
  private final int bitDepthChroma;

  ColourConversion(ColourMatrix matrix, boolean fullRange, int bitDepthLuma, int bitDepthChroma) {
    this.matrix = matrix;
    this.bitDepthLuma = bitDepthLuma;
    this.bitDepthChroma = bitDepthChroma;
    lumaScale = fullRange ? greatest(bitDepthLuma) : 219 << (bitDepthLuma - 8);
    lumaOffset = fullRange ? 0 : 16 << (bitDepthLuma - 8);
    boolean hasScaleOfLuma = matrix == ColourMatrix.YCGCO || matrix == ColourMatrix.GBR;
    chromaScale = fullRange ? greatest(bitDepthChroma) : (hasScaleOfLuma ? 219 : 224) << (bitDepthChroma - 8);
    chromaOffset = matrix != ColourMatrix.GBR ? 1 << (bitDepthChroma - 1) : fullRange ? 0 : 16 << (bitDepthChroma - 8);
  }

  /** The conversion for pictures of a format, as a stream specifies it. */
  static ColourConversion of(PictureFormat format, VideoSignal signal) throws IOException {
    ColourMatrix matrix = format.chroma() == ChromaFormat.MONOCHROME
        ? ColourMatrix.BT601
        : ColourMatrix.of(signal.matrixCoefficients(), format.chroma() == ChromaFormat.YUV444);
    return new ColourConversion(matrix, signal.isFullRange(), format.bitDepthLuma(), format.bitDepthChroma());
  }

  ColourMatrix matrix() {
    return matrix;
  }

  private static int greatest(int bitDepth) {
    return (1 << bitDepth) - 1;
  }

  /** Luma of R'G'B' as a sample. */
  int luma(double r, double g, double b) {
    return clip(matrix.luma(r, g, b) * lumaScale + lumaOffset, greatest(bitDepthLuma));
  }

  /** Cb of R'G'B' as a sample. */
  int cb(double r, double g, double b) {
    return clip(matrix.cb(r, g, b) * chromaScale + chromaOffset, greatest(bitDepthChroma));
  }

  /** Cr of R'G'B' as a sample. */
  int cr(double r, double g, double b) {
    return clip(matrix.cr(r, g, b) * chromaScale + chromaOffset, greatest(bitDepthChroma));
  }

  /** A luma sample without colour, where white is {@code most}. */
  int gray(int y, int most) {
    return clip((y - lumaOffset) / lumaScale * most, most);
  }

  /** Red, green and blue of a row of the output rectangle, chroma repeated over its rectangle; white is {@code most}. */
  void toRgb(Picture picture, int row, int most, int[] rgb) {
    PictureFormat format = picture.format();
    short[] luma = picture.samples(0);
    short[] cbs = picture.samples(1);
    short[] crs = picture.samples(2);
    int lumaRow = Planes.rowStart(picture, 0, row);
    int chromaRow = Planes.rowStart(picture, 1, row / format.chroma().subHeightC());
    int chromaRowCr = Planes.rowStart(picture, 2, row / format.chroma().subHeightC());
    int subWidthC = format.chroma().subWidthC();
    for (int x = 0; x < format.width(0); x++) {
      double y = (luma[lumaRow + x] - lumaOffset) / lumaScale;
      double cb = (cbs[chromaRow + x / subWidthC] - chromaOffset) / chromaScale;
      double cr = (crs[chromaRowCr + x / subWidthC] - chromaOffset) / chromaScale;
      rgb[3 * x] = clip(matrix.red(y, cb, cr) * most, most);
      rgb[3 * x + 1] = clip(matrix.green(y, cb, cr) * most, most);
      rgb[3 * x + 2] = clip(matrix.blue(y, cb, cr) * most, most);
    }
  }

  /** Samples of a row of luma as gray, where white is {@code most}. */
  void toGray(Picture picture, int row, int most, int[] gray) {
    short[] luma = picture.samples(0);
    int start = Planes.rowStart(picture, 0, row);
    for (int x = 0; x < picture.format().width(0); x++) {
      gray[x] = gray(luma[start + x], most);
    }
  }

  private static int clip(double value, int most) {
    return (int) Math.clamp(Math.round(value), 0, most);
  }
}
