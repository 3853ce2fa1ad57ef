package llm265.h264.generate;

import java.util.SplittableRandom;

/**
 * Blocks for every entry of Tables 9-5, 9-7, 9-8 and 9-9: a number of levels from a range, as often any number of trailing ones
 * and of zeros before the last level. Where every other block of a picture has numbers from the range of one column of Table 9-5,
 * nC of those between them is in that column.
 */
record TotalCoeffs(int least, int most) {
  static final TotalCoeffs ANY = new TotalCoeffs(0, 16);

  private static final TotalCoeffs[] COLUMNS = {
    new TotalCoeffs(0, 1), new TotalCoeffs(2, 3), new TotalCoeffs(4, 7), new TotalCoeffs(8, 16)
  };

  /** The range of a column. */
  static TotalCoeffs next(SplittableRandom random) {
    return COLUMNS[random.nextInt(COLUMNS.length)];
  }

  /**
   * Fills a block.
   *
   * @param affordable what magnitudes may come to
   */
  void fill(SplittableRandom random, int[] levels, int length, int affordable) {
    int total = Math.min(least + random.nextInt(most - least + 1), Math.min(length, affordable - 1));
    if (total <= 0) {
      return;
    }
    int trailingOnes = Math.min(random.nextInt(4), total);
    int[] places = places(random, total, total - 1 + random.nextInt(length - total + 1));
    for (int i = 0; i < total; i++) {
      // The level before the trailing ones is greater, else it would be one of them.
      int magnitude = i == total - 1 - trailingOnes && trailingOnes < 3 ? 2 : 1;
      levels[places[i]] = random.nextBoolean() ? magnitude : -magnitude;
    }
  }

  /** So many places in order, the last of which is given. */
  static int[] places(SplittableRandom random, int count, int last) {
    int[] places = new int[count];
    int chosen = 0;
    for (int place = 0; place < last && chosen < count - 1; place++) {
      if (random.nextInt(last - place) < count - 1 - chosen) {
        places[chosen++] = place;
      }
    }
    places[count - 1] = last;
    return places;
  }
}
