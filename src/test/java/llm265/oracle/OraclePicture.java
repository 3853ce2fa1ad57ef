package llm265.oracle;

import java.util.Arrays;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/**
 * A picture as another codec gave it.
 *
 * @param pixelFormat FFmpeg's name
 * @param planes the output rectangle of each plane, row by row without gaps, above 8 bits two bytes a sample, little-endian
 */
public record OraclePicture(int width, int height, String pixelFormat, byte[][] planes) {

  /** Every other row of a frame. */
  OraclePicture field(boolean bottom) {
    byte[][] rows = new byte[planes.length][];
    for (int plane = 0; plane < planes.length; plane++) {
      // A plane has as many bytes for each row as it has over all rows; chroma may have half the rows.
      int planeHeight = plane > 0 && pixelFormat.contains("420") ? height / 2 : height;
      int rowBytes = planes[plane].length / planeHeight;
      rows[plane] = new byte[planes[plane].length / 2];
      for (int y = 0; y < planeHeight / 2; y++) {
        System.arraycopy(planes[plane], (2 * y + (bottom ? 1 : 0)) * rowBytes, rows[plane], y * rowBytes, rowBytes);
      }
    }
    return new OraclePicture(width, height / 2, pixelFormat, rows);
  }

  /** One plane of the output rectangle of a picture of ours. */
  public static byte[] plane(Picture picture, int plane) {
    PictureFormat format = picture.format();
    int width = format.width(plane);
    int sampleBytes = sampleBytes(format, plane);
    byte[] bytes = new byte[width * format.height(plane) * sampleBytes];
    short[] samples = picture.samples(plane);
    for (int i = 0; i < bytes.length; i++) {
      int at = i / sampleBytes;
      int sample = samples[(format.top(plane) + at / width) * picture.stride(plane) + format.left(plane) + at % width];
      bytes[i] = (byte) (sample >> 8 * (i % sampleBytes));
    }
    return bytes;
  }

  private static int sample(byte[] bytes, int at, int sampleBytes) {
    int first = at - at % sampleBytes;
    return (bytes[first] & 0xFF) + (sampleBytes == 2 ? (bytes[first + 1] & 0xFF) << 8 : 0);
  }

  private static int sampleBytes(PictureFormat format, int plane) {
    return format.bitDepth(plane) > 8 ? 2 : 1;
  }

  /** What FFmpeg makes of the chroma that a monochrome picture has not. */
  private static byte[] middleGrey(int length, int bitDepth) {
    byte[] grey = new byte[length];
    for (int i = 0; i < length; i++) {
      grey[i] = (byte) (bitDepth == 8 ? 128 : 1 << (bitDepth - 1) >> 8 * (i % 2));
    }
    return grey;
  }

  /** The place and values of the first sample that differs from a picture of ours, or an empty string. */
  public String firstDifferenceFrom(Picture picture) {
    PictureFormat format = picture.format();
    if (width != format.width(0) || height != format.height(0)) {
      return width + "x" + height + " against " + format.width(0) + "x" + format.height(0);
    }
    for (int plane = 0; plane < planes.length; plane++) {
      byte[] ours;
      if (plane < format.planes()) {
        ours = plane(picture, plane);
      } else if (format.chroma() == ChromaFormat.MONOCHROME) {
        ours = middleGrey(planes[plane].length, format.bitDepthLuma());
      } else {
        return "a plane " + plane + " that we do not have";
      }
      int at = Arrays.mismatch(planes[plane], ours);
      if (at >= 0 && plane >= format.planes()) {
        return "plane " + plane + " is not grey";
      }
      if (at >= 0) {
        int rowBytes = format.width(plane) * sampleBytes(format, plane);
        return "plane " + plane + " x " + at % rowBytes / sampleBytes(format, plane) + " y " + at / rowBytes
            + ": " + sample(planes[plane], at, sampleBytes(format, plane)) + " against our "
            + sample(ours, at, sampleBytes(format, plane));
      }
    }
    return planes.length < format.planes() ? "chroma planes are missing" : "";
  }
}
