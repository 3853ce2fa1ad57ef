package llm265.fuzz;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import llm265.image.PictureFiles;
import llm265.image.PictureSource;
import llm265.image.SourceOptions;

/** Image and video files, up to four pictures of each. */
final class PictureFileTarget extends FileTarget {
  private static final int[] TYPES = {
    BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY,
    BufferedImage.TYPE_BYTE_INDEXED, BufferedImage.TYPE_BYTE_BINARY
  };

  private interface SeedSource {
    List<byte[]> make() throws IOException;
  }

  private final SeedSource seeds;

  private PictureFileTarget(String name, SeedSource seeds) {
    super(name, "a." + name);
    this.seeds = seeds;
  }

  static PictureFileTarget png() {
    return new PictureFileTarget("png", PictureFileTarget::pngFiles);
  }

  static PictureFileTarget y4m() {
    return new PictureFileTarget("y4m", () -> List.of(
        text("YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL\nFRAME\n" + "\u0010".repeat(12)),
        text("YUV4MPEG2 W3 H3 F30000:1001 Ip C420p10\nFRAME Ip\n" + "\u0010\u0001".repeat(9 + 8)),
        text("YUV4MPEG2 W2 H2 Cmono\nFRAME\nabcdFRAME\nefgh")));
  }

  static PictureFileTarget pnm() {
    return new PictureFileTarget("pnm", () -> List.of(
        text("P5\n# note\n3 2\n255\nabcdef"), text("P6 2 1 255 abcdef"),
        text("P5 1 1 1023\n\u0001\u0002P5 1 1 1023\n\u0001\u0003")));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static List<byte[]> pngFiles() throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (int type : TYPES) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BufferedImage image = new BufferedImage(5, 3, type);
      image.setRGB(1, 1, 0x40FF8020);
      ImageIO.write(image, "png", out);
      files.add(out.toByteArray());
    }
    return files;
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    return seeds.make();
  }

  @Override
  void read(Path file) {
    try (PictureSource source = PictureFiles.open(file, SourceOptions.DEFAULT)) {
      if ((long) source.width() * source.height() > 1 << 20) {
        return;
      }
      source.notes();
      for (int i = 0; i < 4 && source.next() != null; i++) {
        source.signal();
      }
    } catch (IOException e) {
      Refusals.checkLine(e);
    }
  }
}
