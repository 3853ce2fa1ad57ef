package llm265.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import llm265.h264.Picture;

/** Chooses readers and writers for files of pictures by their names. */
public final class PictureFiles {
  private PictureFiles() {}

  /**
   * Opens a .y4m, .png, .pgm or .ppm file; {@code -} is a Y4M stream on standard input.
   *
   * @throws IOException if the file cannot be read, is not what its name says, or would lose what {@link
   *     SourceOptions#lossless} requires
   */
  public static PictureSource open(Path path, SourceOptions options) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException(path + ": is a directory");
    }
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.equals("-")) {
      return video(System.in, "standard input", options);
    }
    if (name.endsWith(".png")) {
      return PngReader.open(path, options);
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
    try {
      if (name.endsWith(".y4m")) {
        return video(in, path.toString(), options);
      }
      if (name.endsWith(".pgm") || name.endsWith(".ppm") || name.endsWith(".pnm")) {
        return new PnmReader(in, path.toString(), options);
      }
      throw new IOException(path + ": expected a file named .y4m, .png, .pgm or .ppm");
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /**
   * The sink for a file name: .y4m, .png, .pgm, .ppm; raw planar samples for .yuv and every other name.
   *
   * @param out receives the file; not closed by the sink
   * @throws IOException if the name belongs to a kind of image or video that cannot be written
   */
  public static PictureSink create(String fileName, OutputStream out) throws IOException {
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

  private static PictureSource video(InputStream in, String name, SourceOptions options) throws IOException {
    Y4mReader reader = new Y4mReader(in, name, options);
    int bitDepth = options.bitDepth();
    return bitDepth == 0 || reader.format().bitDepthLuma() == bitDepth ? reader : new DepthConverter(reader, bitDepth);
  }

  private static void writeRaw(Picture picture, OutputStream out) throws IOException {
    byte[] bytes = new byte[picture.croppedBytes()];
    picture.writeCropped(bytes, 0);
    out.write(bytes);
  }
}
