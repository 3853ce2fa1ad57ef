package llm265.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** Binary PGM (P5) and PPM (P6) files with samples of up to 8 bits; several images of one size may follow each other. */
final class PnmReader implements PictureSource {
  private static final int LARGEST_SIZE = 65_536;

  private final InputStream in;
  private final String name;
  private final boolean monochrome;
  private Picture pending;
  private final PictureFormat format;
  private final int width;
  private final int height;
  /** Size of the image read last. */
  private int readWidth;
  private int readHeight;

  PnmReader(InputStream in, String name, boolean monochrome) throws IOException {
    this.in = in;
    this.name = name;
    this.monochrome = monochrome;
    pending = read();
    if (pending == null) {
      throw new EOFException(name + ": empty");
    }
    format = pending.format();
    width = readWidth;
    height = readHeight;
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
    Picture picture = pending != null ? pending : read();
    pending = null;
    if (picture != null && (readWidth != width || readHeight != height)) {
      throw new IOException(name + ": images of different sizes");
    }
    return picture;
  }

  private Picture read() throws IOException {
    int first = in.read();
    while (first == '\n') {
      first = in.read();
    }
    if (first < 0) {
      return null;
    }
    int kind = in.read();
    if (first != 'P' || kind != '5' && kind != '6') {
      throw new IOException(name + ": not a binary PGM or PPM file");
    }
    int columns = number("width", LARGEST_SIZE);
    int rows = number("height", LARGEST_SIZE);
    readWidth = columns;
    readHeight = rows;
    int most = number("largest sample", 65_535);
    if (most > 255) {
      throw new IOException(name + ": samples of more than 8 bits");
    }
    int channels = kind == '6' ? 3 : 1;
    if ((long) columns * rows > 1 << 28) {
      throw new IOException(name + ": image of " + columns + "x" + rows + " samples");
    }
    byte[] bytes = in.readNBytes(columns * rows * channels);
    if (bytes.length < columns * rows * channels) {
      throw new EOFException(name + ": ends within an image");
    }
    if (most < 255) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) Math.min(255, ((bytes[i] & 0xFF) * 255 + most / 2) / most);
      }
    }
    try {
      return channels == 3 ? Planes.ofRgb(bytes, columns, rows, monochrome) : gray(bytes, columns, rows);
    } catch (IllegalArgumentException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  private Picture gray(byte[] bytes, int width, int height) {
    ChromaFormat chroma = monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420;
    Picture picture = new Picture(PictureSource.even(width, height, chroma));
    Planes.fill(picture, 0, bytes, 0, width, height);
    Planes.fillFlatChroma(picture);
    return picture;
  }

  /** A decimal number after white space and comments, and the one white space after it. */
  private int number(String what, int most) throws IOException {
    int value = in.read();
    while (value == ' ' || value == '\t' || value == '\r' || value == '\n' || value == '#') {
      if (value == '#') {
        while (value >= 0 && value != '\n') {
          value = in.read();
        }
      } else {
        value = in.read();
      }
    }
    int number = 0;
    int digits = 0;
    while (value >= '0' && value <= '9' && digits < 6) {
      number = 10 * number + value - '0';
      value = in.read();
      digits++;
    }
    if (digits == 0 || number < 1 || number > most) {
      throw new IOException(name + ": header without a " + what + " of 1 to " + most);
    }
    return number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
