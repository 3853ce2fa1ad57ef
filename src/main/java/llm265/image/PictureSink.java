package llm265.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import llm265.h264.Picture;

/** Writes pictures into an image or video file. */
public interface PictureSink {
  /**
   * Writes the output rectangle of the next picture.
   *
   * @param fullRange video_full_range_flag of its stream, which matters to colour images alone
   * @throws IOException if the file cannot be written, or cannot hold this picture after those before
   */
  void write(Picture picture, boolean fullRange) throws IOException;

  /**
   * The sink for a file name: .y4m, .png, .pgm; raw planar samples for .yuv and every other name.
   *
   * @param out receives the file; not closed by the sink
   */
  static PictureSink of(String fileName, OutputStream out) {
    String name = fileName.toLowerCase(Locale.ROOT);
    if (name.endsWith(".y4m")) {
      return new Y4mWriter(out);
    }
    if (name.endsWith(".png")) {
      return new PngWriter(out);
    }
    if (name.endsWith(".pgm")) {
      return (picture, fullRange) -> writePgm(picture, out);
    }
    return (picture, fullRange) -> writeRaw(picture, out);
  }

  private static void writeRaw(Picture picture, OutputStream out) throws IOException {
    byte[] bytes = new byte[picture.croppedBytes()];
    picture.writeCropped(bytes, 0);
    out.write(bytes);
  }

  /** The luma plane as a binary PGM image, of deep samples most significant byte first; several images follow each other. */
  private static void writePgm(Picture picture, OutputStream out) throws IOException {
    int width = picture.format().width(0);
    int height = picture.format().height(0);
    int bitDepth = picture.format().bitDepthLuma();
    out.write(("P5\n" + width + " " + height + "\n" + ((1 << bitDepth) - 1) + "\n")
        .getBytes(StandardCharsets.US_ASCII));
    byte[] bytes = new byte[picture.croppedBytes()];
    picture.writeCropped(bytes, 0);
    if (bitDepth == 8) {
      out.write(bytes, 0, width * height);
      return;
    }
    for (int i = 0; i < 2 * width * height; i += 2) {
      out.write(bytes[i + 1]);
      out.write(bytes[i]);
    }
  }
}
