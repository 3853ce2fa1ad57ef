package llm265.fidelity.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import llm265.image.RgbImage;

/**
 * Pictures made of formulas, the same on every machine, for networks that nobody has given pictures: each has what pictures are
 * made of in other proportions. There are smooth shades, sharp edges of shapes, stripes of all widths and directions, and grain.
 */
public final class SyntheticPictures {
  private static final int COUNT = 4;
  private static final int SHAPES = 9;
  private static final int CHANNELS = 3;

  private SyntheticPictures() {}

  /** The set. */
  public static List<RgbImage> of(int width, int height) {
    List<RgbImage> pictures = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      pictures.add(picture(width, height, i));
    }
    return pictures;
  }

  private static RgbImage picture(int width, int height, int index) {
    Random random = new Random(265 + index);
    float[] samples = new float[CHANNELS * width * height];
    double[] low = random.doubles(CHANNELS, 0.1, 0.5).toArray();
    double[] high = random.doubles(CHANNELS, 0.5, 0.9).toArray();
    paint(samples, width, low, high, (x, y) -> 0.5 + 0.5 * StrictMath.sin(2.1 * x / width + 1.3 * index + 1.7 * y / height));
    for (int shape = 0; shape < SHAPES; shape++) {
      double centreX = width * random.nextDouble();
      double centreY = height * random.nextDouble();
      double radius = (0.06 + 0.2 * random.nextDouble()) * Math.min(width, height);
      double angle = Math.PI * random.nextDouble();
      double period = 2.5 + 12 * random.nextDouble();
      double[] colour = random.doubles(CHANNELS).toArray();
      double[] other = shape % 2 == index % 2 ? colour : random.doubles(CHANNELS).toArray();
      boolean round = random.nextBoolean();
      paint(samples, width, colour, other, (x, y) -> {
        double along = (x - centreX) * StrictMath.cos(angle) + (y - centreY) * StrictMath.sin(angle);
        double across = (y - centreY) * StrictMath.cos(angle) - (x - centreX) * StrictMath.sin(angle);
        boolean inside = round ? along * along + across * across < radius * radius
            : Math.abs(along) < radius && Math.abs(across) < radius / 2;
        return inside ? 0.5 + 0.5 * StrictMath.sin(2 * Math.PI * along / period) : Double.NaN;
      });
    }
    double grain = 0.02 * index;
    for (int i = 0; i < samples.length; i++) {
      double value = Math.clamp(samples[i] + grain * random.nextGaussian(), 0, 1);
      // As a file of 8 bits would have it.
      samples[i] = (float) (Math.rint(255 * value) / 255);
    }
    return new RgbImage(width, height, samples);
  }

  /** Mixes two colours where a formula gives a share of the second, 0 to 1, and leaves all else. */
  private static void paint(float[] samples, int width, double[] first, double[] second, DoubleBinaryOperator share) {
    for (int pixel = 0; pixel < samples.length / CHANNELS; pixel++) {
      double part = share.applyAsDouble(pixel % width, pixel / width);
      if (!Double.isNaN(part)) {
        for (int channel = 0; channel < CHANNELS; channel++) {
          samples[CHANNELS * pixel + channel] = (float) (first[channel] + part * (second[channel] - first[channel]));
        }
      }
    }
  }
}
