package llm265.h264.generate;

import java.util.Arrays;
import java.util.SplittableRandom;

/** A scaling list of any form that 7.3.2.1.1.1 has. */
final class RandomScalingList {
  private RandomScalingList() {}

  /**
   * Makes up a list.
   *
   * @param small whether scales are small, so that levels may be large
   * @return null for one that is not present, empty for the default list, or {@code length} scales
   */
  static int[] next(SplittableRandom random, int length, boolean small) {
    int[] list = new int[length];
    if (small) {
      Arrays.fill(list, 1 + random.nextInt(3));
      return list;
    }
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        return null;
      }
      case 2 -> {
        return new int[0];
      }
      case 3 -> Arrays.fill(list, 16);
      case 4 -> Arrays.fill(list, random.nextBoolean() ? 1 : 255);
      case 5 -> {
        // Ends in equal scales, which a delta_scale that makes nextScale 0 cuts short
        int end = 1 + random.nextInt(length);
        for (int i = 0; i < length; i++) {
          list[i] = i < end ? 1 + random.nextInt(255) : list[end - 1];
        }
      }
      case 6 -> {
        // The largest steps of delta_scale, which goes round 256
        for (int i = 0; i < length; i++) {
          list[i] = i % 2 == 0 ? 1 + random.nextInt(4) : 128 + random.nextInt(128);
        }
      }
      default -> {
        for (int i = 0; i < length; i++) {
          list[i] = 4 + random.nextInt(60);
        }
      }
    }
    return list;
  }
}
