package llm265.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** One PNG image. Gray images give their samples as they are, colours are converted; transparency is dropped. */
final class PngReader implements PictureSource {
  private final PictureFormat format;
  private final int width;
  private final int height;
  private Picture picture;

  PngReader(Path path, boolean monochrome) throws IOException {
    BufferedImage image;
    try (InputStream in = Files.newInputStream(path)) {
      image = ImageIO.read(in);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The JDK's reader lets exceptions of its own through on damaged files.
      throw new IOException(path + ": damaged PNG file", e);
    }
    if (image == null) {
      throw new IOException(path + ": not a PNG file");
    }
    try {
      picture = convert(image, monochrome);
    } catch (IllegalArgumentException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
    format = picture.format();
    width = image.getWidth();
    height = image.getHeight();
  }

  private static Picture convert(BufferedImage image, boolean monochrome) {
    int width = image.getWidth();
    int height = image.getHeight();
    if (image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY) {
      // Not through getRGB, which takes such samples for linear light.
      int most = (1 << image.getSampleModel().getSampleSize(0)) - 1;
      byte[] bytes = new byte[width * height];
      int[] row = new int[width];
      for (int y = 0; y < height; y++) {
        image.getRaster().getSamples(0, y, width, 1, 0, row);
        for (int x = 0; x < width; x++) {
          bytes[y * width + x] = (byte) ((row[x] * 255L + most / 2) / most);
        }
      }
      ChromaFormat chroma = monochrome ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420;
      Picture gray = new Picture(PictureSource.even(width, height, chroma));
      Planes.fill(gray, 0, bytes, 0, width, height);
      Planes.fillFlatChroma(gray);
      return gray;
    }
    byte[] rgb = new byte[3 * width * height];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int at = 3 * (y * width + x);
        rgb[at] = (byte) (row[x] >> 16);
        rgb[at + 1] = (byte) (row[x] >> 8);
        rgb[at + 2] = (byte) row[x];
      }
    }
    return Planes.ofRgb(rgb, width, height, monochrome);
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
  public Picture next() {
    Picture only = picture;
    picture = null;
    return only;
  }

  @Override
  public void close() {}
}
