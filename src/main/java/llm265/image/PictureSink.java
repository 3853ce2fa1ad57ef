package llm265.image;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import llm265.h264.Picture;
import llm265.h264.decode.DecodedPicture;

/** Writes pictures into an image or video file. */
public interface PictureSink {
  /**
   * Writes the output rectangle of the next picture.
   *
   * @throws IOException if the file cannot be written, or cannot hold this picture after those before
   */
  void write(DecodedPicture picture) throws IOException;

  /** What the file does not have of the pictures written so far, though its name does not say so; a clause each. */
  default List<String> notes() {
    return List.of();
  }

  /**
   * The sink for a file name: .y4m, .png, .pgm, .ppm; raw planar samples for .yuv and every other name.
   *
   * @param out receives the file; not closed by the sink
   * @throws IOException if the name is that of a kind of image or video that is not written
   */
  static PictureSink of(String fileName, OutputStream out) throws IOException {
    String name = fileName.toLowerCase(Locale.ROOT);
    String suffix = name.substring(name.lastIndexOf('.') + 1);
    if (Set.of("bmp", "gif", "jpeg", "jpg", "pam", "tif", "tiff", "webp", "avi", "mkv", "mov", "mp4").contains(suffix)) {
      throw new IOException(fileName + ": ." + suffix + " files are not written; choose .yuv, .y4m, .png, .pgm or .ppm");
    }
    return switch (suffix) {
      case "y4m" -> new Y4mWriter(out);
      case "png" -> new PngWriter(out);
      case "pgm" -> new PnmWriter(out, PnmWriter.Kind.PGM);
      case "ppm" -> new PnmWriter(out, PnmWriter.Kind.PPM);
      case "pnm" -> new PnmWriter(out, PnmWriter.Kind.BY_FORMAT);
      default -> decoded -> writeRaw(decoded.picture(), out);
    };
  }

  private static void writeRaw(Picture picture, OutputStream out) throws IOException {
    byte[] bytes = new byte[picture.croppedBytes()];
    picture.writeCropped(bytes, 0);
    out.write(bytes);
  }
}
