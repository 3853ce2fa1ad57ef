package llm265.image;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/**
 * Copies between the planes of a {@link Picture} and samples in the size of a file, which may lack the last column or row of
 * the output rectangle.
 */
final class Planes {
  private Planes() {}

  /**
   * Fills a plane; repeats the last column and row of the file if the output rectangle is larger.
   *
   * @param sampleAt the sample in column x and row y of the file
   * @param width width of the plane in the file
   * @param height height of the plane in the file
   */
  static void fill(Picture picture, int plane, IntBinaryOperator sampleAt, int width, int height) {
    PictureFormat format = picture.format();
    short[] samples = picture.samples(plane);
    for (int y = 0; y < format.height(plane); y++) {
      int start = rowStart(picture, plane, y);
      for (int x = 0; x < format.width(plane); x++) {
        samples[start + x] = (short) sampleAt.applyAsInt(Math.min(x, width - 1), Math.min(y, height - 1));
      }
    }
    picture.padFromOutputRectangle(plane);
  }

  /**
   * Fills a plane from {@code height x width} samples: one byte each at 8 bits, otherwise two, least significant first.
   *
   * @throws IOException if a sample has more bits than the picture's samples
   */
  static void fill(Picture picture, int plane, byte[] bytes, int offset, int width, int height) throws IOException {
    int depth = picture.format().bitDepth(plane);
    if (depth == 8) {
      fill(picture, plane, (x, y) -> bytes[offset + y * width + x] & 0xFF, width, height);
      return;
    }
    for (int i = 1; i < 2 * width * height; i += 2) {
      if ((bytes[offset + i] & 0xFF) >> (depth - 8) != 0) {
        throw new IOException("a sample has more than " + depth + " bits");
      }
    }
    fill(picture, plane, (x, y) -> {
      int at = offset + 2 * (y * width + x);
      return bytes[at] & 0xFF | (bytes[at + 1] << 8);
    }, width, height);
  }

  /** Fills the chroma of a picture without colour. */
  static void fillFlatChroma(Picture picture) {
    for (int plane = 1; plane < picture.format().planes(); plane++) {
      Arrays.fill(picture.samples(plane), (short) (1 << (picture.format().bitDepth(plane) - 1)));
    }
  }

  /** Index of the first sample of a row of the output rectangle. */
  static int rowStart(Picture picture, int plane, int row) {
    PictureFormat format = picture.format();
    return picture.first(plane) + (format.top(plane) + row) * picture.stride(plane) + format.left(plane);
  }

  /** Whether the output rectangle has no chroma, or flat chroma: a gray picture, unless the planes are G, B and R. */
  static boolean hasFlatChroma(Picture picture) {
    PictureFormat format = picture.format();
    for (int plane = 1; plane < format.planes(); plane++) {
      for (int y = 0; y < format.height(plane); y++) {
        int start = rowStart(picture, plane, y);
        for (int x = 0; x < format.width(plane); x++) {
          if (picture.samples(plane)[start + x] != 1 << (format.bitDepth(plane) - 1)) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
