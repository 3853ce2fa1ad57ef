package llm265.h264.encode;

import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** Pictures that together reach every prediction mode and both ends of the sample range. */
public final class RandomPictures {
  /** Kinds of content. */
  public enum Content {
    NOISE,
    GAUSSIAN,
    GRADIENT,
    EDGES,
    FLAT,
    EXTREMES
  }

  private RandomPictures() {}

  public static Picture of(Content content, int width, int height, ChromaFormat chroma, long seed) {
    Picture picture = new Picture(PictureFormat.of8Bit(width, height, chroma));
    Random random = new Random(seed);
    for (int plane = 0; plane < picture.format().planes(); plane++) {
      double angle = random.nextDouble() * 2 * Math.PI;
      double level = 20 + random.nextInt(200);
      short[] samples = picture.samples(plane);
      int stride = picture.stride(plane);
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (short) Math.clamp(Math.round(sample(content, i % stride, i / stride, angle, level, random)), 0, 255);
      }
    }
    return picture;
  }

  /** The like of an 8-bit picture with more bits a sample, the new ones being noise. */
  public static Picture deepen(Picture picture, int bitDepth) {
    Picture deep = new Picture(picture.format().withBitDepth(bitDepth));
    Random random = new Random(bitDepth);
    int unit = 1 << (bitDepth - 8);
    for (int plane = 0; plane < picture.format().planes(); plane++) {
      short[] from = picture.samples(plane);
      for (int i = 0; i < from.length; i++) {
        deep.samples(plane)[i] = (short) (from[i] * unit + random.nextInt(unit));
      }
    }
    return deep;
  }

  private static double sample(Content content, int x, int y, double angle, double level, Random random) {
    double along = x * Math.cos(angle) + y * Math.sin(angle);
    return switch (content) {
      case NOISE -> random.nextInt(256);
      case GAUSSIAN -> 128 + 28 * random.nextGaussian();
      case GRADIENT -> level + along + random.nextGaussian();
      case EDGES -> (Math.floorMod((int) along, 13) < 6 ? level : 255 - level) + 3 * random.nextGaussian();
      case FLAT -> level;
      case EXTREMES -> ((x / 3 + y / 5) & 1) == 0 ? 0 : 255;
    };
  }
}
