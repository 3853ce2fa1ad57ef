package llm265.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import javax.imageio.ImageIO;
import llm265.h264.Picture;

/** One PNG image: gray where chroma is missing or flat, else colours by BT.601. */
final class PngWriter implements PictureSink {
  private final OutputStream out;
  private boolean written;

  PngWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(Picture picture, boolean fullRange) throws IOException {
    if (written) {
      throw new IOException("the stream has more than one picture, a .png file holds one; write .y4m or .yuv");
    }
    written = true;
    int width = picture.format().width(0);
    int height = picture.format().height(0);
    BufferedImage image;
    if (Planes.isGray(picture)) {
      image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
      int[] row = new int[width];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          row[x] = Planes.sampleOf8Bits(picture, 0, x, y);
        }
        image.getRaster().setSamples(0, y, width, 1, 0, row);
      }
    } else {
      image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      image.setRGB(0, 0, width, height, Planes.toRgb(picture, fullRange), 0, width);
    }
    ImageIO.write(image, "png", out);
  }
}
