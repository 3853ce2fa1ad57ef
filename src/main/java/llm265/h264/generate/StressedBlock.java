package llm265.h264.generate;

import java.util.SplittableRandom;

/**
 * Levels of a block that make the longest codes, the largest coefficients or the most bits. As in {@link
 * RandomMacroblockSyntax}, values of 8.5 stay within 8 + bitDepth bits.
 */
final class StressedBlock {
  /** Magnitudes at which codes of CAVLC and CABAC change: trailing ones, prefixes, suffixes and escapes. */
  private static final int[] CORNERS = {
    1, 2, 3, 4, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 24, 25, 28, 29, 30, 31, 32, 48, 49, 60, 61, 120, 121, 240, 241, 480, 481
  };

  /** Bound, at 8 bits a sample, of the sum of scaled coefficients. */
  private static final int BUDGET = 12_000;

  /** The same of a single coefficient of a 4x4 block, which the transform makes no larger. */
  static final int SINGLE = 30_000;

  /** The largest of many levels, at 8 bits a sample. */
  private static final int MOST_OF_MANY = 60;

  private StressedBlock() {}

  /** Fills a block; false where the kind of excess has nothing to do with it, or it can hold no level. */
  static boolean fill(Stress stress, SplittableRandom random, int[] levels, int length, double step, int bitDepth,
      boolean bypassed, boolean hasDcOfItsOwn, int largestLevel) {
    if (bypassed) {
      return false;
    }
    int affordable = affordable(step, bitDepth, largestLevel);
    if (affordable < 1) {
      return false;
    }
    switch (stress) {
      case LEVELS -> {
        double single = (hasDcOfItsOwn ? SINGLE : BUDGET) << (bitDepth - 8);
        int level = (int) Math.min(single / step, limit(bitDepth, largestLevel));
        levels[random.nextInt(3) == 0 ? random.nextInt(length) : 0] = random.nextBoolean() ? level : -level;
      }
      case CODES -> corners(random, levels, length, affordable);
      case MACROBLOCKS -> {
        int count = Math.min(length, affordable);
        int bound = Math.max(1, Math.min(affordable / count, MOST_OF_MANY << (bitDepth - 8)));
        // Mostly near the bound: what is too much is taken back level by level, which ends close to the bits that are allowed.
        int least = 1 + (random.nextInt(4) == 0 ? 0 : 3 * (bound - 1) / 4);
        for (int i = 0; i < count; i++) {
          int magnitude = least + random.nextInt(bound - least + 1);
          levels[i] = random.nextBoolean() ? magnitude : -magnitude;
        }
      }
      case ARITHMETIC -> {
        for (int i = 0; i < Math.min(length, affordable); i++) {
          levels[i] = random.nextInt(-1, 2);
        }
        levels[0] = 1;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static int limit(int bitDepth, int largestLevel) {
    return Math.min(largestLevel, SINGLE << (bitDepth - 8));
  }

  /**
   * What the magnitudes of a block's levels may come to.
   *
   * @param step what a level of 1 comes to at most after scaling
   */
  static int affordable(double step, int bitDepth, int largestLevel) {
    return (int) Math.min((BUDGET << (bitDepth - 8)) / step, limit(bitDepth, largestLevel));
  }

  /** Some levels anywhere, of magnitudes at which codes change, and behind them up to three trailing ones. */
  private static void corners(SplittableRandom random, int[] levels, int length, int affordable) {
    // Few levels often: it takes neighbours of few for the first columns of Table 9-5.
    int count = Math.min(affordable, 1 + random.nextInt(length <= 8 || random.nextInt(3) == 0 ? length : 3));
    // Any number of zeros before the last is as likely as another.
    int[] places = TotalCoeffs.places(random, count, count - 1 + random.nextInt(length - count + 1));
    int trailingOnes = random.nextInt(4);
    int left = affordable;
    // From the highest frequency on, since that is the order of CAVLC
    for (int i = count - 1; i >= 0; i--) {
      int magnitude = count - 1 - i < trailingOnes ? 1 : Math.min(left - i, CORNERS[random.nextInt(CORNERS.length)]);
      left -= magnitude;
      levels[places[i]] = random.nextBoolean() ? magnitude : -magnitude;
    }
    if (left > 0 && random.nextInt(4) == 0) {
      levels[places[0]] += levels[places[0]] < 0 ? -left : left;
    }
  }
}
