package llm265.image;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;

/** Pictures of one format, one after another, out of an image or video file. */
public interface PictureSource extends Closeable {
  /** The format of all pictures. 4:2:0 pictures of odd size are one column or row larger than in the file, see {@link #even}. */
  PictureFormat format();

  /** Width of the pictures in the file. */
  int width();

  /** Height of the pictures in the file. */
  int height();

  /** How the samples of the pictures are meant. */
  VideoSignal signal();

  /**
   * What of the file is not in the pictures and their {@link #signal}, though nobody asked for it to be left out; a clause each.
   */
  List<String> notes();

  /** The next picture, or null after the last. */
  Picture next() throws IOException;

  /**
   * Opens a .y4m, .png, .pgm or .ppm file; {@code -} is a Y4M stream on standard input.
   *
   * @throws IOException if the file cannot be read or is not what its name says, or would lose what {@link
   *     SourceOptions#lossless} is to keep
   */
  static PictureSource open(Path path, SourceOptions options) throws IOException {
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
   * The format that a picture of a size is coded in. Cropping of 4:2:0 goes in steps of two samples (Table 6-1), so an odd width or
   * height is rounded up, the last column or row being repeated.
   */
  static PictureFormat even(int width, int height, ChromaFormat chroma) {
    int step = chroma == ChromaFormat.MONOCHROME ? 1 : 2;
    return PictureFormat.of8Bit((width + step - 1) / step * step, (height + step - 1) / step * step, chroma);
  }

  private static PictureSource video(InputStream in, String name, SourceOptions options) throws IOException {
    Y4mReader reader = new Y4mReader(in, name, options);
    int bitDepth = options.bitDepth();
    return bitDepth == 0 || reader.format().bitDepthLuma() == bitDepth ? reader : new DepthConverter(reader, bitDepth);
  }
}
