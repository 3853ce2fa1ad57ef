package llm265.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** YUV4MPEG2 files with 8-bit 4:2:0 or monochrome frames. */
final class Y4mReader implements PictureSource {
  private final InputStream in;
  private final String name;
  private final PictureFormat format;
  private final int width;
  private final int height;
  private final boolean fileHasChroma;

  Y4mReader(InputStream in, String name, boolean monochrome) throws IOException {
    this.in = in;
    this.name = name;
    Y4mHeader header = Y4mHeader.read(in, name);
    String colour = header.colour();
    if (!colour.equals("mono") && !colour.matches("420(jpeg|paldv|mpeg2)?")) {
      throw new IOException(name + ": colour space C" + colour + " is not 8-bit 4:2:0 or mono");
    }
    width = header.width();
    height = header.height();
    fileHasChroma = !colour.equals("mono");
    try {
      format = PictureSource.even(width, height, monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420);
    } catch (IllegalArgumentException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
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
    if (!Y4mHeader.readFrameHeader(in, name)) {
      return null;
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
