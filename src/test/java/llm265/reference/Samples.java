package llm265.reference;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.decode.H264IntraDecoder;
import llm265.oracle.OraclePicture;
import llm265.parallel.Workers;

/** The output rectangle of one plane as numbers, of our decoder and of FFmpeg. */
final class Samples {
  private Samples() {}

  static List<Picture> decode(byte[] stream) {
    List<Picture> pictures = new ArrayList<>();
    H264IntraDecoder.decodeAll(
        MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, Workers.CALLER, decoded -> pictures.add(decoded.picture()));
    return pictures;
  }

  static int[] of(Picture picture, int plane) {
    PictureFormat format = picture.format();
    int width = format.width(plane);
    int[] samples = new int[width * format.height(plane)];
    for (int i = 0; i < samples.length; i++) {
      int row = picture.first(plane) + (format.top(plane) + i / width) * picture.stride(plane);
      samples[i] = picture.samples(plane)[row + format.left(plane) + i % width];
    }
    return samples;
  }

  static int[] of(OraclePicture picture, int plane) {
    byte[] bytes = picture.planes()[plane];
    int size = picture.pixelFormat().endsWith("le") ? 2 : 1;
    int[] samples = new int[bytes.length / size];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = size == 1 ? bytes[i] & 0xFF : bytes[2 * i] & 0xFF | ((bytes[2 * i + 1] & 0xFF) << 8);
    }
    return samples;
  }

  /** Whether a sample may have been clipped. */
  static boolean touchesAnEnd(int[] samples, int bitDepth) {
    return Arrays.stream(samples).anyMatch(sample -> sample <= 0 || sample >= (1 << bitDepth) - 1);
  }
}
