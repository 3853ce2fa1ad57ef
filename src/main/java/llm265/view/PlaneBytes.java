package llm265.view;

import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** Samples of pictures as bytes: plane by plane, a byte a sample where both depths are 8 bits, otherwise two, little-endian. */
final class PlaneBytes {
  private PlaneBytes() {}

  /** All samples, whole macroblocks. */
  static byte[] coded(Picture picture) {
    PictureFormat format = picture.format();
    int sampleBytes = sampleBytes(format);
    int count = 0;
    for (int plane = 0; plane < format.planes(); plane++) {
      count += format.codedWidth(plane) * format.codedHeight(plane);
    }
    byte[] bytes = new byte[count * sampleBytes];
    int at = 0;
    for (int plane = 0; plane < format.planes(); plane++) {
      short[] samples = picture.samples(plane);
      int number = format.codedWidth(plane) * format.codedHeight(plane);
      for (int i = 0; i < number; i++) {
        bytes[at++] = (byte) samples[i];
        if (sampleBytes == 2) {
          bytes[at++] = (byte) (samples[i] >> 8);
        }
      }
    }
    return bytes;
  }

  /** Bytes of a sample in every plane. */
  static int sampleBytes(PictureFormat format) {
    return format.bitDepthLuma() > 8 || format.planes() > 1 && format.bitDepthChroma() > 8 ? 2 : 1;
  }
}
