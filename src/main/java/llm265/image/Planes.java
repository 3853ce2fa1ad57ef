package llm265.image;

import java.util.Arrays;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** From bytes in a file's own size to the planes of a {@link Picture}, and between RGB and Y'CbCr. */
final class Planes {
  private Planes() {}

  /**
   * Fills a plane from {@code height x width} samples, which may lack the last column or row of the picture's output: one byte each at 8 bits,
   * else two, least significant first, of which bits above the picture's depth are dropped.
   */
  static void fill(Picture picture, int plane, byte[] bytes, int offset, int width, int height) {
    PictureFormat format = picture.format();
    int wantedWidth = format.width(plane);
    int wantedHeight = format.height(plane);
    int depth = format.bitDepth(plane);
    short[] samples = picture.samples(plane);
    int stride = picture.stride(plane);
    for (int y = 0; y < wantedHeight; y++) {
      int from = Math.min(y, height - 1) * width;
      for (int x = 0; x < wantedWidth; x++) {
        int at = from + Math.min(x, width - 1);
        samples[y * stride + x] = depth == 8
            ? (short) (bytes[offset + at] & 0xFF)
            : (short) ((bytes[offset + 2 * at] & 0xFF | bytes[offset + 2 * at + 1] << 8) & (1 << depth) - 1);
      }
    }
    picture.padFromOutputRectangle(plane);
  }

  /** Chroma of a picture without colour. */
  static void fillFlatChroma(Picture picture) {
    for (int plane = 1; plane < picture.format().planes(); plane++) {
      Arrays.fill(picture.samples(plane), (short) (1 << picture.format().bitDepth(plane) - 1));
    }
  }

  /**
   * A picture from 8-bit R'G'B' by the full-range equations of BT.601, as JFIF has them; chroma is the mean of each 2x2 square.
   *
   * @param rgb {@code height x width} times three bytes
   */
  static Picture ofRgb(byte[] rgb, int width, int height, boolean monochrome) {
    ChromaFormat chroma = monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420;
    Picture picture = new Picture(PictureSource.even(width, height, chroma));
    PictureFormat format = picture.format();
    byte[] luma = new byte[width * height];
    for (int i = 0; i < luma.length; i++) {
      luma[i] = (byte) luma(rgb[3 * i] & 0xFF, rgb[3 * i + 1] & 0xFF, rgb[3 * i + 2] & 0xFF);
    }
    fill(picture, 0, luma, 0, width, height);
    if (monochrome) {
      return picture;
    }
    int chromaWidth = format.width(1);
    int chromaHeight = format.height(1);
    byte[] cb = new byte[chromaWidth * chromaHeight];
    byte[] cr = new byte[chromaWidth * chromaHeight];
    for (int y = 0; y < chromaHeight; y++) {
      for (int x = 0; x < chromaWidth; x++) {
        int r = sumOfSquare(rgb, 0, x, y, width, height);
        int g = sumOfSquare(rgb, 1, x, y, width, height);
        int b = sumOfSquare(rgb, 2, x, y, width, height);
        cb[y * chromaWidth + x] = (byte) Math.clamp(Math.round(128 + (-0.168736 * r - 0.331264 * g + 0.5 * b) / 4), 0, 255);
        cr[y * chromaWidth + x] = (byte) Math.clamp(Math.round(128 + (0.5 * r - 0.418688 * g - 0.081312 * b) / 4), 0, 255);
      }
    }
    fill(picture, 1, cb, 0, chromaWidth, chromaHeight);
    fill(picture, 2, cr, 0, chromaWidth, chromaHeight);
    return picture;
  }

  private static int luma(int r, int g, int b) {
    return (int) Math.clamp(Math.round(0.299 * r + 0.587 * g + 0.114 * b), 0, 255);
  }

  private static int sumOfSquare(byte[] rgb, int channel, int x, int y, int width, int height) {
    int sum = 0;
    for (int dy = 0; dy < 2; dy++) {
      for (int dx = 0; dx < 2; dx++) {
        int column = Math.min(2 * x + dx, width - 1);
        int row = Math.min(2 * y + dy, height - 1);
        sum += rgb[3 * (row * width + column) + channel] & 0xFF;
      }
    }
    return sum;
  }

  /** R'G'B' of the output rectangle of a picture with chroma as 0xRRGGBB by row, chroma repeated over its rectangle. */
  static int[] toRgb(Picture picture, boolean fullRange) {
    PictureFormat format = picture.format();
    int width = format.width(0);
    int height = format.height(0);
    int subWidthC = format.chroma().subWidthC();
    int subHeightC = format.chroma().subHeightC();
    int[] rgb = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double luma = sampleOf8Bits(picture, 0, x, y);
        double cb = sampleOf8Bits(picture, 1, x / subWidthC, y / subHeightC) - 128;
        double cr = sampleOf8Bits(picture, 2, x / subWidthC, y / subHeightC) - 128;
        if (!fullRange) {
          luma = (luma - 16) * 255 / 219;
          cb = cb * 255 / 224;
          cr = cr * 255 / 224;
        }
        int r = clip(luma + 1.402 * cr);
        int g = clip(luma - 0.344136 * cb - 0.714136 * cr);
        int b = clip(luma + 1.772 * cb);
        rgb[y * width + x] = r << 16 | g << 8 | b;
      }
    }
    return rgb;
  }

  /** True if the picture has no chroma, or flat chroma: a gray picture. */
  static boolean isGray(Picture picture) {
    for (int plane = 1; plane < picture.format().planes(); plane++) {
      for (short sample : picture.samples(plane)) {
        if (sample != 1 << picture.format().bitDepth(plane) - 1) {
          return false;
        }
      }
    }
    return true;
  }

  /** A sample of the output rectangle, of deeper ones the 8 most significant bits. */
  static int sampleOf8Bits(Picture picture, int plane, int x, int y) {
    PictureFormat format = picture.format();
    int sample = picture.samples(plane)[(format.top(plane) + y) * picture.stride(plane) + format.left(plane) + x];
    return sample >> format.bitDepth(plane) - 8;
  }

  private static int clip(double value) {
    return (int) Math.clamp(Math.round(value), 0, 255);
  }
}
