package llm265.packed;

/** Tries which symbols are better taken out of blocks, on some of a plane's blocks. */
final class HoleSearch {
  private static final int BLOCKS = 4096;

  /** What holes must save. */
  private static final double CLEARLY_LESS = 0.9985;

  private static final int MOST_BITS_IN_CELLS = 6;

  private final byte[] symbols;
  private final int count;
  private final int block;
  private final int bits;
  private final int[] cells;
  private final int cellCount;

  /** @param cells of blocks; null without */
  HoleSearch(byte[] symbols, int count, CodeField field, int[] cells) {
    this.symbols = symbols;
    this.count = count;
    this.block = field.block();
    this.bits = field.bits();
    // Many symbols would be too few for each cell to be counted by.
    this.cells = field.bits() > MOST_BITS_IN_CELLS ? null : cells;
    this.cellCount = this.cells == null ? 1 : field.cells();
  }

  Holes search() {
    int least = 255;
    int most = 0;
    for (int i = 0; i < count; i++) {
      least = Math.min(least, symbols[i] & 0xFF);
      most = Math.max(most, symbols[i] & 0xFF);
    }
    if (block == 1 || least == most || count < 4 * block) {
      return Holes.NONE;
    }
    Holes[] ways = {
      new Holes(1, false, least, 0), new Holes(1, false, most, 0), new Holes(2, false, least, most),
      new Holes(1, true, least, most)
    };
    Holes best = Holes.NONE;
    double fewest = CLEARLY_LESS * cost(Holes.NONE);
    for (Holes way : ways) {
      double bits = way.fit(block) ? cost(way) : Double.MAX_VALUE;
      if (bits < fewest) {
        fewest = bits;
        best = way;
      }
    }
    return best;
  }

  private double cost(Holes holes) {
    int[] rest = new int[cellCount << bits];
    int[] places = new int[2 * Holes.MOST_PLACES];
    byte[] some = new byte[block];
    int blocks = count / block;
    int stride = Math.max(1, blocks / BLOCKS);
    for (int b = 0; b < blocks; b += stride) {
      System.arraycopy(symbols, b * block, some, 0, block);
      int length = block;
      for (int hole = 0; hole < holes.count(); hole++) {
        int place = holes.take(hole, some, 0, length, block);
        places[hole * Holes.MOST_PLACES + place]++;
        length -= place == holes.none(block) ? 0 : 1;
      }
      int at = (cells == null ? 0 : cells[b]) << bits;
      for (int i = 0; i < length; i++) {
        rest[at + (some[i] & 0xFF)]++;
      }
    }
    return entropy(rest, 1 << bits) + entropy(places, Holes.MOST_PLACES);
  }

  private static double entropy(int[] counts, int length) {
    double bits = 0;
    for (int at = 0; at < counts.length; at += length) {
      long sum = 0;
      for (int i = 0; i < length; i++) {
        sum += counts[at + i];
      }
      for (int i = 0; i < length; i++) {
        int n = counts[at + i];
        bits += n == 0 ? 0 : n * StrictMath.log((double) sum / n);
      }
    }
    return bits;
  }
}
