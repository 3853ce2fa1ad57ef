package llm265.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;

/**
 * One PNG image of any kind and depth. Its samples are taken as they are, without Java's conversions. Transparency is left
 * out.
 */
final class PngReader implements PictureSource {
  private final Picture picture;
  private final Raster raster;
  private final VideoSignal signal;
  private final List<String> notes;
  private boolean taken;

  private PngReader(Picture picture, Raster raster, VideoSignal signal, List<String> notes) {
    this.picture = picture;
    this.raster = raster;
    this.signal = signal;
    this.notes = notes;
  }

  static PngReader open(Path path, SourceOptions options) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    BufferedImage image;
    PngColours colours;
    try (InputStream file = Files.newInputStream(path);
        ImageInputStream in = ImageIO.createImageInputStream(file)) {
      if (!reader.getOriginatingProvider().canDecodeInput(in)) {
        throw new NotPngException(path + ": not a PNG file");
      }
      colours = PngColours.of(in);
      // Metadata is ignored, since the JDK's reader refuses images for it that every viewer shows
      reader.setInput(in, true, true);
      requireSize(path, reader);
      image = reader.read(0);
    } catch (FileSystemException | NotPngException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The JDK's reader throws exceptions of its own on damaged files.
      throw new IOException(path + ": damaged PNG file", e);
    } finally {
      reader.dispose();
    }
    try {
      Raster raster = raster(image);
      List<String> notes = new ArrayList<>(raster.notes(options));
      if (isTransparent(image) || colours.hasTransparentNarrowGray()) {
        notes.add("its transparency is left out");
      }
      VideoSignal signal = raster.channels() == 1 ? VideoSignal.UNKNOWN : colours.signal();
      return new PngReader(raster.picture(options), raster, raster.signal(options, signal), notes);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  private static void requireSize(Path path, ImageReader reader) throws IOException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    try {
      Raster.requireSize(path.toString(), width, height);
    } catch (IOException e) {
      throw new NotPngException(e.getMessage());
    }
  }

  private static Raster raster(BufferedImage image) {
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return ofPalette(image, palette);
    }
    int width = image.getWidth();
    int height = image.getHeight();
    int channels = image.getRaster().getNumBands() < 3 ? 1 : 3;
    int most = (1 << image.getSampleModel().getSampleSize(0)) - 1;
    char[] samples = new char[width * height * channels];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      for (int channel = 0; channel < channels; channel++) {
        image.getRaster().getSamples(0, y, width, 1, channel, row);
        for (int x = 0; x < width; x++) {
          samples[channels * (y * width + x) + channel] = (char) row[x];
        }
      }
    }
    return new Raster(width, height, channels, most, samples);
  }

  /** For palettes, and for gray of fewer than 8 bits, which Java reads as a palette. */
  private static Raster ofPalette(BufferedImage image, IndexColorModel palette) {
    int[] colours = new int[palette.getMapSize()];
    palette.getRGBs(colours);
    boolean gray = true;
    for (int colour : colours) {
      gray &= ((colour >> 16) & 0xFF) == (colour & 0xFF) && ((colour >> 8) & 0xFF) == (colour & 0xFF);
    }
    int width = image.getWidth();
    int height = image.getHeight();
    int channels = gray ? 1 : 3;
    char[] samples = new char[width * height * channels];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRaster().getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < channels; channel++) {
          samples[channels * (y * width + x) + channel] = (char) ((colours[row[x]] >> (16 - 8 * channel)) & 0xFF);
        }
      }
    }
    return new Raster(width, height, channels, 255, samples);
  }

  private static boolean isTransparent(BufferedImage image) {
    if (!image.getColorModel().hasAlpha()) {
      return false;
    }
    boolean isPalette = image.getColorModel() instanceof IndexColorModel;
    int bands = image.getRaster().getNumBands();
    int opaque = isPalette ? 255 : (1 << image.getSampleModel().getSampleSize(bands - 1)) - 1;
    int[] row = new int[image.getWidth()];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRaster().getSamples(0, y, row.length, 1, bands - 1, row);
      for (int value : row) {
        if ((isPalette ? image.getColorModel().getAlpha(value) : value) != opaque) {
          return true;
        }
      }
    }
    return false;
  }

  /** An exception that already has its message. */
  private static final class NotPngException extends IOException {
    private static final long serialVersionUID = 1;

    NotPngException(String message) {
      super(message);
    }
  }

  /** The image as it is in the file. */
  Raster raster() {
    return raster;
  }

  @Override
  public PictureFormat format() {
    return picture.format();
  }

  @Override
  public int width() {
    return raster.width();
  }

  @Override
  public int height() {
    return raster.height();
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
  public Picture next() {
    if (taken) {
      return null;
    }
    taken = true;
    return picture;
  }

  @Override
  public void close() {}
}
