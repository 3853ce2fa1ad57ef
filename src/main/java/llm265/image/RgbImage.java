package llm265.image;

import java.io.IOException;
import java.nio.file.Path;

/**
 * An image in red, green and blue, as programs other than codecs take it.
 *
 * @param samples {@code height x width x 3}, from 0 (black) to 1; of equal components for gray images
 */
public record RgbImage(int width, int height, float[] samples) {
  /**
   * Reads a .png, .pgm or .ppm file, the first image if there are several.
   *
   * @throws IOException if the file cannot be read, or is not what its name says
   */
  public static RgbImage read(Path path) throws IOException {
    try (PictureSource source = PictureFiles.open(path, SourceOptions.DEFAULT)) {
      Raster raster = switch (source) {
        case PngReader png -> png.raster();
        case PnmReader pnm -> pnm.raster();
        default -> throw new IOException(path + ": expected an image, a file named .png, .pgm or .ppm");
      };
      float[] samples = new float[3 * raster.width() * raster.height()];
      for (int i = 0; i < samples.length; i++) {
        int at = raster.channels() == 1 ? i / 3 : i;
        samples[i] = (float) raster.samples()[at] / raster.most();
      }
      return new RgbImage(raster.width(), raster.height(), samples);
    }
  }
}
