package llm265.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** YUV4MPEG2 files with 8-bit 4:2:0 or monochrome frames. */
final class Y4mReader implements PictureSource {
  private static final int LONGEST_LINE = 1024;

  private final InputStream in;
  private final String name;
  private final PictureFormat format;
  private final int width;
  private final int height;
  private final boolean fileHasChroma;

  Y4mReader(InputStream in, String name, boolean monochrome) throws IOException {
    this.in = in;
    this.name = name;
    String header = readLine();
    if (header == null || !header.startsWith("YUV4MPEG2")) {
      throw new IOException(name + ": not a YUV4MPEG2 file");
    }
    int w = 0;
    int h = 0;
    String colour = "420jpeg";
    for (String token : header.split(" ")) {
      switch (token.isEmpty() ? ' ' : token.charAt(0)) {
        case 'W' -> w = size(token);
        case 'H' -> h = size(token);
        case 'C' -> colour = token.substring(1);
        default -> { }
      }
    }
    if (w == 0 || h == 0) {
      throw new IOException(name + ": header without width and height");
    }
    if (!colour.equals("mono") && !colour.matches("420(jpeg|paldv|mpeg2)?")) {
      throw new IOException(name + ": colour space C" + colour + " is not 8-bit 4:2:0 or mono");
    }
    width = w;
    height = h;
    fileHasChroma = !colour.equals("mono");
    try {
      format = PictureSource.even(w, h, monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420);
    } catch (IllegalArgumentException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  private int size(String token) throws IOException {
    try {
      int value = Integer.parseInt(token.substring(1));
      if (value > 0 && value <= 65_536) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, as any other wrong size is.
    }
    throw new IOException(name + ": header has size " + token);
  }

  /** A line without its end, or null at the end of the file. */
  private String readLine() throws IOException {
    byte[] line = new byte[LONGEST_LINE];
    for (int length = 0; length < LONGEST_LINE; length++) {
      int value = in.read();
      if (value < 0) {
        if (length == 0) {
          return null;
        }
        throw new EOFException(name + ": ends within a header");
      }
      if (value == '\n') {
        return new String(line, 0, length, StandardCharsets.US_ASCII);
      }
      line[length] = (byte) value;
    }
    throw new IOException(name + ": header line of more than " + LONGEST_LINE + " bytes");
  }

  @Override
  public PictureFormat format() {
    return format;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public Picture next() throws IOException {
    String line = readLine();
    if (line == null) {
      return null;
    }
    if (!line.startsWith("FRAME")) {
      throw new IOException(name + ": expected FRAME");
    }
    int chromaWidth = (width + 1) / 2;
    int chromaHeight = (height + 1) / 2;
    int lumaSize = width * height;
    int chromaSize = fileHasChroma ? chromaWidth * chromaHeight : 0;
    byte[] bytes = in.readNBytes(lumaSize + 2 * chromaSize);
    if (bytes.length < lumaSize + 2 * chromaSize) {
      throw new EOFException(name + ": ends within a frame");
    }
    Picture picture = new Picture(format);
    Planes.fill(picture, 0, bytes, 0, width, height);
    if (fileHasChroma && format.planes() > 1) {
      Planes.fill(picture, 1, bytes, lumaSize, chromaWidth, chromaHeight);
      Planes.fill(picture, 2, bytes, lumaSize + chromaSize, chromaWidth, chromaHeight);
    } else {
      Planes.fillFlatChroma(picture);
    }
    return picture;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
