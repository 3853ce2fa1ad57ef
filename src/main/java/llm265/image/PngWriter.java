package llm265.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import llm265.h264.decode.DecodedPicture;

/**
 * One PNG image: of one channel if there is no colour, otherwise R'G'B'. 8-bit streams give 8-bit samples, deeper streams
 * 16-bit samples with 65535 as white. Rounding those back gives the stream's samples.
 */
final class PngWriter implements PictureSink {
  private final OutputStream out;
  private final List<String> notes = new ArrayList<>();
  private boolean written;

  PngWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(DecodedPicture decoded) throws IOException {
    if (written) {
      throw new IOException("the stream has more than one picture, a .png file holds one; write .y4m or .yuv");
    }
    written = true;
    StillImage still = new StillImage(decoded);
    notes.addAll(still.notes());
    boolean gray = still.isGray();
    boolean deep = still.bitDepth() > 8;
    BufferedImage image = deep && !gray
        ? deepColours(still.width(), still.height())
        : new BufferedImage(still.width(), still.height(),
            !gray ? BufferedImage.TYPE_INT_RGB : deep ? BufferedImage.TYPE_USHORT_GRAY : BufferedImage.TYPE_BYTE_GRAY);
    int[] pixels = new int[still.width() * (gray ? 1 : 3)];
    for (int y = 0; y < still.height(); y++) {
      still.row(y, gray, deep ? 0xFFFF : 0xFF, pixels);
      // Writes the raster directly, since Java takes some kinds of samples for linear light
      image.getRaster().setPixels(0, y, still.width(), 1, pixels);
    }
    ImageIO.write(image, "png", out);
  }

  /** Three channels of 16 bits, for which BufferedImage has no constant. */
  private static BufferedImage deepColours(int width, int height) {
    ComponentColorModel model = new ComponentColorModel(
        ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_USHORT);
    WritableRaster raster = model.createCompatibleWritableRaster(width, height);
    return new BufferedImage(model, raster, false, null);
  }

  @Override
  public List<String> notes() {
    return notes;
  }
}
