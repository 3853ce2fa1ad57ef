package llm265.fidelity.network;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Lines of a text as gray images: black on white with grain, in the machine's own fonts, one after the other with serifs,
 * without, and of one width.
 */
final class LineImages {
  private static final List<String> FAMILIES = List.of(Font.SERIF, Font.SANS_SERIF, Font.MONOSPACED);
  /** Parts of the image's height: type size, and margin on the left and on the right. */
  private static final double TYPE = 0.66;
  private static final double MARGIN = 0.2;
  /** Widest line, as a multiple of its height. */
  private static final int USUAL_WIDTH = 14;
  private static final double GRAIN = 12;

  /**
   * A line.
   *
   * @param pixels {@code height x width}, 0 (black) to 255
   */
  record Line(String text, int width, int height, float[] pixels) {}

  private LineImages() {}

  /**
   * Draws a text.
   *
   * @param height of the images
   * @param width of the images; 0 for as wide as each line is
   * @param most number of lines; if the text has more, as many are taken evenly from all over it
   * @throws IllegalArgumentException if the machine has no fonts, or the text no word that fits
   */
  static List<Line> of(String text, int height, int width, int most) {
    List<Line> lines = new ArrayList<>();
    try {
      List<String> texts = wrapped(text, height, width > 0 ? width : USUAL_WIDTH * height);
      int taken = Math.min(texts.size(), most);
      for (int i = 0; i < taken; i++) {
        int index = (int) ((long) i * texts.size() / taken);
        lines.add(draw(texts.get(index), index, height, width));
      }
    } catch (InternalError | NullPointerException | NoClassDefFoundError e) {
      // So Java says that it finds no fonts.
      throw new IllegalArgumentException("text cannot be drawn: this machine has no fonts, or no library fontconfig", e);
    }
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("the text has no word that fits into a line");
    }
    return lines;
  }

  /** The lines of a text, cut between words so that each fits. A word that does not fit by itself is left out. */
  private static List<String> wrapped(String text, int height, double limit) {
    List<String> lines = new ArrayList<>();
    for (String paragraph : text.split("\\R")) {
      String line = "";
      for (String word : paragraph.strip().split("\\s+")) {
        String longer = line.isEmpty() ? word : line + " " + word;
        if (!line.isEmpty() && drawnWidth(longer, lines.size(), height) > limit) {
          lines.add(line);
          longer = word;
        }
        line = drawnWidth(longer, lines.size(), height) > limit ? "" : longer;
      }
      if (!line.isEmpty()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static Font font(int index, int height) {
    return new Font(FAMILIES.get(index % FAMILIES.size()), Font.PLAIN, (int) Math.rint(TYPE * height));
  }

  private static Graphics2D graphics(BufferedImage image, int index) {
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(font(index, image.getHeight()));
    return graphics;
  }

  private static double drawnWidth(String text, int index, int height) {
    Graphics2D graphics = graphics(new BufferedImage(1, height, BufferedImage.TYPE_BYTE_GRAY), index);
    double width = graphics.getFontMetrics().stringWidth(text) + 2 * MARGIN * height;
    graphics.dispose();
    return width;
  }

  private static Line draw(String text, int index, int height, int width) {
    int drawn = width > 0 ? width : (int) Math.ceil(drawnWidth(text, index, height));
    BufferedImage image = new BufferedImage(drawn, height, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = graphics(image, index);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, drawn, height);
    graphics.setColor(Color.BLACK);
    FontMetrics metrics = graphics.getFontMetrics();
    float base = (height + metrics.getAscent() - metrics.getDescent()) / 2F;
    graphics.drawString(text, (float) (MARGIN * height), base);
    graphics.dispose();
    float[] pixels = image.getRaster().getSamples(0, 0, drawn, height, 0, (float[]) null);
    Random random = new Random(index);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) Math.clamp(pixels[i] + GRAIN * random.nextGaussian(), 0, 255);
    }
    return new Line(text, drawn, height, pixels);
  }
}
