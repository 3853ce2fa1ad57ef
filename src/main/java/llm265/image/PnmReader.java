package llm265.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;

/**
 * Binary PGM (P5) and PPM (P6) files with samples of up to 16 bits; several images of one kind may follow each other. Samples
 * of 9 to 14 bits keep their depth; fewer bits are scaled to 8.
 */
final class PnmReader implements PictureSource {
  private static final int LARGEST_SIZE = 65_536;

  private final InputStream in;
  private final String name;
  private final SourceOptions options;
  private final VideoSignal signal;
  private final List<String> notes;
  private final Raster first;
  private boolean started;
  private final Picture firstPicture;

  PnmReader(InputStream in, String name, SourceOptions options) throws IOException {
    this.in = in;
    this.name = name;
    this.options = options;
    first = read();
    if (first == null) {
      throw new EOFException(name + ": empty");
    }
    firstPicture = picture(first);
    signal = first.signal(options, VideoSignal.UNKNOWN);
    notes = first.notes(options);
  }

  /** The first image as it is in the file. */
  Raster raster() {
    return first;
  }

  @Override
  public PictureFormat format() {
    return firstPicture.format();
  }

  @Override
  public int width() {
    return first.width();
  }

  @Override
  public int height() {
    return first.height();
  }

  @Override
  public VideoSignal signal() {
    return signal;
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  @Override
  public Picture next() throws IOException {
    if (!started) {
      started = true;
      return firstPicture;
    }
    Raster raster = read();
    if (raster == null) {
      return null;
    }
    if (raster.width() != first.width() || raster.height() != first.height()) {
      throw new IOException(name + ": images of different sizes");
    }
    if (raster.channels() != first.channels() || raster.most() != first.most()) {
      throw new IOException(name + ": images of different kinds or largest samples");
    }
    return picture(raster);
  }

  private Picture picture(Raster raster) throws IOException {
    try {
      return raster.picture(options);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  private Raster read() throws IOException {
    int start = in.read();
    while (start == '\n') {
      start = in.read();
    }
    if (start < 0) {
      return null;
    }
    int kind = in.read();
    if (start != 'P' || kind != '5' && kind != '6') {
      throw new IOException(name + ": not a binary PGM or PPM file");
    }
    int columns = number("width", LARGEST_SIZE);
    int rows = number("height", LARGEST_SIZE);
    int most = number("largest sample", 65_535);
    int channels = kind == '6' ? 3 : 1;
    Raster.requireSize(name, columns, rows);
    char[] samples = new char[columns * rows * channels];
    int sampleBytes = most > 255 ? 2 : 1;
    byte[] row = new byte[columns * channels * sampleBytes];
    for (int y = 0; y < rows; y++) {
      if (in.readNBytes(row, 0, row.length) < row.length) {
        throw new EOFException(name + ": ends within an image");
      }
      for (int x = 0; x < columns * channels; x++) {
        int sample = sampleBytes == 1 ? row[x] & 0xFF : ((row[2 * x] & 0xFF) << 8) | row[2 * x + 1] & 0xFF;
        if (sample > most) {
          throw new IOException(name + ": has a sample of " + sample + " where the header says that " + most + " is the largest");
        }
        samples[y * columns * channels + x] = (char) sample;
      }
    }
    return new Raster(columns, rows, channels, most, samples);
  }

  /** A decimal number after white space and comments, and the one white-space character after it. */
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
