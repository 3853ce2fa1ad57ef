package llm265.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.checkpoint.file.PrintableText;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;

/** YUV4MPEG2 files with 4:2:0 or monochrome frames of 8 to 14 bits per sample. */
final class Y4mReader implements PictureSource {
  /** The colour spaces that are read; samples of more than 8 bits take two bytes. */
  private static final Pattern COLOUR = Pattern.compile("mono|420(?:jpeg|paldv|mpeg2)?|(?:mono|420p)(9|1[0-4])");

  private final InputStream in;
  private final String name;
  private final PictureFormat format;
  private final int width;
  private final int height;
  private final boolean fileHasChroma;
  private final VideoSignal signal;
  private final List<String> notes;

  Y4mReader(InputStream in, String name, SourceOptions options) throws IOException {
    this.in = in;
    this.name = name;
    Y4mHeader header = Y4mHeader.read(in, name);
    Matcher colours = COLOUR.matcher(header.colour());
    if (!colours.matches()) {
      throw new IOException(
          name + ": colour space C" + PrintableText.of(header.colour()) + " is not 4:2:0 or mono of 8 to 14 bits");
    }
    width = header.width();
    height = header.height();
    fileHasChroma = !header.colour().startsWith("mono");
    int bitDepth = colours.group(1) == null ? 8 : Integer.parseInt(colours.group(1));
    try {
      format = PictureSource.even(width, height, options.monochrome() ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420)
          .withBitDepth(bitDepth);
    } catch (IllegalArgumentException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
    VideoSignal said = options.fullRange() == null ? header.signal() : header.signal().withFullRange(options.fullRange());
    signal = options.matrix() == null ? said : options.matrix().in(said);
    notes = switch (header.interlacing()) {
      case 't', 'b', 'm' -> List.of("the video is interlaced; it is coded as frames, and the stream does not say so");
      default -> List.of();
    };
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
  public VideoSignal signal() {
    return signal;
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  @Override
  public Picture next() throws IOException {
    if (!Y4mHeader.readFrameHeader(in, name)) {
      return null;
    }
    int chromaWidth = (width + 1) / 2;
    int chromaHeight = (height + 1) / 2;
    int sampleBytes = format.bitDepthLuma() > 8 ? 2 : 1;
    int lumaSize = sampleBytes * width * height;
    int chromaSize = fileHasChroma ? sampleBytes * chromaWidth * chromaHeight : 0;
    byte[] bytes = in.readNBytes(lumaSize + 2 * chromaSize);
    if (bytes.length < lumaSize + 2 * chromaSize) {
      throw new EOFException(name + ": ends within a frame");
    }
    Picture picture = new Picture(format);
    try {
      Planes.fill(picture, 0, bytes, 0, width, height);
      if (fileHasChroma && format.planes() > 1) {
        Planes.fill(picture, 1, bytes, lumaSize, chromaWidth, chromaHeight);
        Planes.fill(picture, 2, bytes, lumaSize + chromaSize, chromaWidth, chromaHeight);
      } else {
        Planes.fillFlatChroma(picture);
      }
    } catch (IOException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
    return picture;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
