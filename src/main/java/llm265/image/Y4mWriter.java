package llm265.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;
import llm265.h264.VideoSignal.Ratio;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.syntax.SliceHeader;

/** YUV4MPEG2: one header, then frames. If the stream has no frame rate, 25 is written, since the format requires one. */
final class Y4mWriter implements PictureSink {
  private static final Ratio DEFAULT_RATE = new Ratio(25, 1);

  private final OutputStream out;
  private PictureFormat format;
  private boolean fullRange;

  Y4mWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(DecodedPicture decoded) throws IOException {
    Picture picture = decoded.picture();
    VideoSignal signal = decoded.sps().signal();
    if (format == null) {
      format = picture.format();
      fullRange = signal.isFullRange();
      write(header(decoded, signal));
    } else if (!format.equals(picture.format())) {
      throw new IOException("the pictures' format changes, which a .y4m file cannot say; write .yuv");
    } else if (fullRange != signal.isFullRange()) {
      throw new IOException("the pictures' range changes, which a .y4m file cannot say; write .yuv");
    }
    write("FRAME\n");
    byte[] bytes = new byte[picture.croppedBytes()];
    picture.writeCropped(bytes, 0);
    out.write(bytes);
  }

  private static String header(DecodedPicture decoded, VideoSignal signal) throws IOException {
    PictureFormat format = decoded.picture().format();
    String range = signal.fullRange() == null ? "" : " XCOLORRANGE=" + (signal.fullRange() ? "FULL" : "LIMITED");
    return "YUV4MPEG2 W" + format.width(0) + " H" + format.height(0)
        + " F" + (signal.frameRate() == null ? DEFAULT_RATE : signal.frameRate())
        + " I" + interlacing(decoded)
        + " A" + (signal.sampleAspectRatio() == null ? "0:0" : signal.sampleAspectRatio())
        + " C" + colour(format, signal) + range + "\n";
  }

  /** Frames, or fields with top or bottom first. If the sequence may have fields, it is not known how its frames were taken. */
  private static char interlacing(DecodedPicture decoded) {
    if (decoded.sps().frameMbsOnlyFlag() || decoded.slices().isEmpty()) {
      return 'p';
    }
    SliceHeader first = decoded.slices().getFirst();
    if (!first.fieldPicFlag()) {
      return '?';
    }
    return first.bottomFieldFlag() ? 'b' : 't';
  }

  private static String colour(PictureFormat format, VideoSignal signal) throws IOException {
    int bitDepth = format.bitDepthLuma();
    if (format.planes() > 1 && format.bitDepthChroma() != bitDepth) {
      throw new IOException("luma and chroma have different bit depths, which a .y4m file cannot say; write .yuv");
    }
    String depth = bitDepth == 8 ? "" : "p" + bitDepth;
    return switch (format.chroma()) {
      case MONOCHROME -> bitDepth == 8 ? "mono" : "mono" + bitDepth;
      case YUV420 -> bitDepth == 8 ? "420" + chromaLocation(signal) : "420" + depth;
      case YUV422 -> "422" + depth;
      case YUV444 -> "444" + depth;
    };
  }

  /** Figure E-1. Types 3 to 5 have no name here; readers assume the middle for them. */
  private static String chromaLocation(VideoSignal signal) {
    return switch (signal.chromaSampleLocType()) {
      case null -> "mpeg2";
      case 0 -> "mpeg2";
      case 2 -> "paldv";
      default -> "jpeg";
    };
  }

  private void write(String line) throws IOException {
    out.write(line.getBytes(StandardCharsets.US_ASCII));
  }
}
