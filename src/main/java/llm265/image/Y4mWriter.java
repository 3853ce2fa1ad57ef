package llm265.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** YUV4MPEG2: one header, then frames. The frame rate of intra pictures is nobody's business; 25 is written. */
final class Y4mWriter implements PictureSink {
  private final OutputStream out;
  private PictureFormat format;

  Y4mWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(Picture picture, boolean fullRange) throws IOException {
    if (format == null) {
      format = picture.format();
      String colour = colour(format);
      String range = fullRange ? " XCOLORRANGE=FULL" : "";
      write("YUV4MPEG2 W" + format.width(0) + " H" + format.height(0) + " F25:1 Ip A1:1 C" + colour + range + "\n");
    } else if (!format.equals(picture.format())) {
      throw new IOException("the pictures' format changes, which a .y4m file cannot say; write .yuv");
    }
    write("FRAME\n");
    byte[] bytes = new byte[picture.croppedBytes()];
    picture.writeCropped(bytes, 0);
    out.write(bytes);
  }

  private static String colour(PictureFormat format) throws IOException {
    int bitDepth = format.bitDepthLuma();
    if (format.planes() > 1 && format.bitDepthChroma() != bitDepth) {
      throw new IOException("luma and chroma have different bit depths, which a .y4m file cannot say; write .yuv");
    }
    String depth = bitDepth == 8 ? "" : "p" + bitDepth;
    return switch (format.chroma()) {
      case MONOCHROME -> bitDepth == 8 ? "mono" : "mono" + bitDepth;
      case YUV420 -> bitDepth == 8 ? "420jpeg" : "420" + depth;
      case YUV422 -> "422" + depth;
      case YUV444 -> "444" + depth;
    };
  }

  private void write(String line) throws IOException {
    out.write(line.getBytes(StandardCharsets.US_ASCII));
  }
}
