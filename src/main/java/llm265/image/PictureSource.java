package llm265.image;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** Pictures of one format, one after another, out of an image or video file. */
public interface PictureSource extends Closeable {
  /** The format of all pictures. 4:2:0 pictures of odd size are one column or row larger than in the file, see {@link #even}. */
  PictureFormat format();

  /** Width of the pictures in the file. */
  int width();

  /** Height of the pictures in the file. */
  int height();

  /** The next picture, or null after the last. */
  Picture next() throws IOException;

  /**
   * Opens a .y4m, .png, .pgm or .ppm file; {@code -} is a Y4M stream on standard input.
   *
   * @param monochrome take luma alone
   * @throws IOException if the file cannot be read or is not what its name says
   */
  static PictureSource open(Path path, boolean monochrome) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException(path + ": is a directory");
    }
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.equals("-")) {
      return new Y4mReader(System.in, "standard input", monochrome);
    }
    if (name.endsWith(".png")) {
      return new PngReader(path, monochrome);
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
    try {
      if (name.endsWith(".y4m")) {
        return new Y4mReader(in, path.toString(), monochrome);
      }
      if (name.endsWith(".pgm") || name.endsWith(".ppm") || name.endsWith(".pnm")) {
        return new PnmReader(in, path.toString(), monochrome);
      }
      throw new IOException(path + ": expected a file named .y4m, .png, .pgm or .ppm");
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /**
   * The format that a picture of a size is coded in. Cropping of 4:2:0 goes in steps of two samples (Table 6-1), so an odd width or
   * height is rounded up, the last column or row being repeated.
   */
  static PictureFormat even(int width, int height, ChromaFormat chroma) {
    int step = chroma == ChromaFormat.MONOCHROME ? 1 : 2;
    return PictureFormat.of8Bit((width + step - 1) / step * step, (height + step - 1) / step * step, chroma);
  }

  /** The pictures of a source with another bit depth: samples times a power of two, or over one and rounded. */
  static PictureSource withBitDepth(PictureSource source, int bitDepth) {
    return source.format().bitDepthLuma() == bitDepth ? source : new DepthConverter(source, bitDepth);
  }
}
