package llm265.reference.decoder;

/** 8.3 Intra prediction process: prediction samples, indexed by row and column, from the samples beside a block. */
final class IntraPrediction {
  private IntraPrediction() {}

  /** 8.3.1.2 Intra_4x4 sample prediction. */
  static int[][] intra4x4(int mode, ReferenceSamples p, int bitDepth) {
    if (!p.isAvailable(4, -1) && p.isAvailable(3, -1)) {
      for (int x = 4; x < 8; x++) {
        p.set(x, -1, p.get(3, -1));
      }
    }
    return directional(mode, p, 4, bitDepth);
  }

  /** 8.3.2.2 Intra_8x8 sample prediction: the neighbouring samples are smoothed first. */
  static int[][] intra8x8(int mode, ReferenceSamples p, int bitDepth) {
    if (!p.isAvailable(8, -1) && p.isAvailable(7, -1)) {
      for (int x = 8; x < 16; x++) {
        p.set(x, -1, p.get(7, -1));
      }
    }
    return directional(mode, filtered(p), 8, bitDepth);
  }

  /** 8.3.2.2.1 Reference sample filtering process for Intra_8x8 sample prediction. */
  private static ReferenceSamples filtered(ReferenceSamples p) {
    ReferenceSamples f = new ReferenceSamples(16, 8);
    boolean corner = p.isAvailable(-1, -1);
    boolean above = p.isAvailable(0, -1);
    boolean left = p.isAvailable(-1, 0);
    if (corner) {
      int before = p.get(-1, -1);
      if (above && left) {
        before = (p.get(0, -1) + 2 * p.get(-1, -1) + p.get(-1, 0) + 2) >> 2;
      } else if (above) {
        before = (3 * p.get(-1, -1) + p.get(0, -1) + 2) >> 2;
      } else if (left) {
        before = (3 * p.get(-1, -1) + p.get(-1, 0) + 2) >> 2;
      }
      f.set(-1, -1, before);
    }
    if (above) {
      f.set(0, -1, corner
          ? (p.get(-1, -1) + 2 * p.get(0, -1) + p.get(1, -1) + 2) >> 2
          : (3 * p.get(0, -1) + p.get(1, -1) + 2) >> 2);
      for (int x = 1; x < 15; x++) {
        f.set(x, -1, (p.get(x - 1, -1) + 2 * p.get(x, -1) + p.get(x + 1, -1) + 2) >> 2);
      }
      f.set(15, -1, (p.get(14, -1) + 3 * p.get(15, -1) + 2) >> 2);
    }
    if (left) {
      f.set(-1, 0, corner
          ? (p.get(-1, -1) + 2 * p.get(-1, 0) + p.get(-1, 1) + 2) >> 2
          : (3 * p.get(-1, 0) + p.get(-1, 1) + 2) >> 2);
      for (int y = 1; y < 7; y++) {
        f.set(-1, y, (p.get(-1, y - 1) + 2 * p.get(-1, y) + p.get(-1, y + 1) + 2) >> 2);
      }
      f.set(-1, 7, (p.get(-1, 6) + 3 * p.get(-1, 7) + 2) >> 2);
    }
    return f;
  }

  /** 8.3.1.2.1 to 8.3.1.2.9 for size 4, and 8.3.2.2.2 to 8.3.2.2.10 for size 8: the same nine modes. */
  private static int[][] directional(int mode, ReferenceSamples p, int size, int bitDepth) {
    int mean = mode == 2 ? dc(p, size, bitDepth) : 0;
    int[][] pred = new int[size][size];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        pred[y][x] = switch (mode) {
          case 0 -> p.get(x, -1);
          case 1 -> p.get(-1, y);
          case 2 -> mean;
          case 3 -> diagonalDownLeft(p, size, x, y);
          case 4 -> diagonalDownRight(p, x, y);
          case 5 -> verticalRight(p, x, y);
          case 6 -> horizontalDown(p, x, y);
          case 7 -> verticalLeft(p, x, y);
          default -> horizontalUp(p, size, x, y);
        };
      }
    }
    return pred;
  }

  /** 8.3.1.2.3, 8.3.2.2.4 and 8.3.3.3: the mean of the samples that are available. */
  private static int dc(ReferenceSamples p, int size, int bitDepth) {
    boolean above = p.isAvailable(0, -1);
    boolean left = p.isAvailable(-1, 0);
    if (above && left) {
      return (p.sumAbove(0, size) + p.sumLeft(0, size) + size) / (2 * size);
    }
    if (left) {
      return (p.sumLeft(0, size) + size / 2) / size;
    }
    return above ? (p.sumAbove(0, size) + size / 2) / size : 1 << (bitDepth - 1);
  }

  /** The weighted mean of three samples in the row above, around column x. Column -1 - i is row i on the left. */
  private static int smooth(ReferenceSamples p, int x) {
    return (around(p, x - 1) + 2 * around(p, x) + around(p, x + 1) + 2) >> 2;
  }

  /** The mean of two samples in that row. */
  private static int mean(ReferenceSamples p, int x) {
    return (around(p, x) + around(p, x + 1) + 1) >> 1;
  }

  /** The samples around the block as one row: up the left side (-2, -3, ...), the corner (-1), and along the row above. */
  private static int around(ReferenceSamples p, int x) {
    return x >= -1 ? p.get(x, -1) : p.get(-1, -2 - x);
  }

  /** 8.3.1.2.4, 8.3.2.2.5. */
  private static int diagonalDownLeft(ReferenceSamples p, int size, int x, int y) {
    int last = 2 * size - 1;
    if (x + y == last - 1) {
      return (p.get(last - 1, -1) + 3 * p.get(last, -1) + 2) >> 2;
    }
    return smooth(p, x + y + 1);
  }

  /** 8.3.1.2.5, 8.3.2.2.6. */
  private static int diagonalDownRight(ReferenceSamples p, int x, int y) {
    return smooth(p, x - y - 1);
  }

  /** 8.3.1.2.6, 8.3.2.2.7. */
  private static int verticalRight(ReferenceSamples p, int x, int y) {
    int zVr = 2 * x - y;
    if (zVr >= 0) {
      int column = x - (y >> 1) - 1;
      return zVr % 2 == 0 ? mean(p, column) : smooth(p, column);
    }
    return zVr == -1 ? smooth(p, -1) : smooth(p, -1 - (y - 2 * x - 1));
  }

  /** 8.3.1.2.7, 8.3.2.2.8. */
  private static int horizontalDown(ReferenceSamples p, int x, int y) {
    int zHd = 2 * y - x;
    if (zHd >= 0) {
      int row = y - (x >> 1) - 1;
      return zHd % 2 == 0 ? mean(p, -3 - row) : smooth(p, -2 - row);
    }
    return zHd == -1 ? smooth(p, -1) : smooth(p, x - 2 * y - 2);
  }

  /** 8.3.1.2.8, 8.3.2.2.9. */
  private static int verticalLeft(ReferenceSamples p, int x, int y) {
    int column = x + (y >> 1);
    return y % 2 == 0 ? mean(p, column) : smooth(p, column + 1);
  }

  /** 8.3.1.2.9, 8.3.2.2.10. */
  private static int horizontalUp(ReferenceSamples p, int size, int x, int y) {
    int zHu = x + 2 * y;
    int last = 2 * size - 3;
    if (zHu > last) {
      return p.get(-1, size - 1);
    }
    if (zHu == last) {
      return (p.get(-1, size - 2) + 3 * p.get(-1, size - 1) + 2) >> 2;
    }
    int row = y + (x >> 1);
    return zHu % 2 == 0
        ? (p.get(-1, row) + p.get(-1, row + 1) + 1) >> 1
        : (p.get(-1, row) + 2 * p.get(-1, row + 1) + p.get(-1, row + 2) + 2) >> 2;
  }

  /** 8.3.3 Intra_16x16 prediction process: modes 0 vertical, 1 horizontal, 2 DC, 3 plane. */
  static int[][] intra16x16(int mode, ReferenceSamples p, int bitDepth) {
    if (mode == 3) {
      return plane(p, 16, 16, bitDepth);
    }
    int mean = mode == 2 ? dc(p, 16, bitDepth) : 0;
    int[][] pred = new int[16][16];
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        pred[y][x] = switch (mode) {
          case 0 -> p.get(x, -1);
          case 1 -> p.get(-1, y);
          default -> mean;
        };
      }
    }
    return pred;
  }

  /** 8.3.3.4, and 8.3.4.4 for chroma: a plane through the samples above and on the left. */
  private static int[][] plane(ReferenceSamples p, int width, int height, int bitDepth) {
    int xCF = width == 16 ? 4 : 0;
    int yCF = height == 16 ? 4 : 0;
    int h = 0;
    for (int x = 0; x < width / 2; x++) {
      h += (x + 1) * (p.get(width / 2 + x, -1) - p.get(width / 2 - 2 - x, -1));
    }
    int v = 0;
    for (int y = 0; y < height / 2; y++) {
      v += (y + 1) * (p.get(-1, height / 2 + y) - p.get(-1, height / 2 - 2 - y));
    }
    int a = 16 * (p.get(-1, height - 1) + p.get(width - 1, -1));
    int b = width == 16 ? (5 * h + 32) >> 6 : (34 * h + 32) >> 6;
    int c = height == 16 ? (5 * v + 32) >> 6 : (34 * v + 32) >> 6;
    int[][] pred = new int[height][width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pred[y][x] = Math.clamp((a + b * (x - 3 - xCF) + c * (y - 3 - yCF) + 16) >> 5, 0, (1 << bitDepth) - 1);
      }
    }
    return pred;
  }

  /** 8.3.4 Intra prediction process for chroma samples of 4:2:0 and 4:2:2: modes 0 DC, 1 horizontal, 2 vertical, 3 plane. */
  static int[][] chroma(int mode, ReferenceSamples p, int width, int height, int bitDepth) {
    if (mode == 3) {
      return plane(p, width, height, bitDepth);
    }
    int[][] pred = new int[height][width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pred[y][x] = switch (mode) {
          case 0 -> chromaDc(p, x / 4 * 4, y / 4 * 4, bitDepth);
          case 1 -> p.get(-1, y);
          default -> p.get(x, -1);
        };
      }
    }
    return pred;
  }

  /** 8.3.4.1 to 8.3.4.3: each 4x4 block has its own mean, of the samples that lie straight above and on the left of it. */
  private static int chromaDc(ReferenceSamples p, int xO, int yO, int bitDepth) {
    boolean above = p.isAvailable(xO, -1);
    boolean left = p.isAvailable(-1, yO);
    boolean onDiagonal = xO == 0 && yO == 0 || xO > 0 && yO > 0;
    if (above && left && onDiagonal) {
      return (p.sumAbove(xO, 4) + p.sumLeft(yO, 4) + 4) >> 3;
    }
    boolean preferAbove = xO > 0 && yO == 0;
    if (above && (preferAbove || !left)) {
      return (p.sumAbove(xO, 4) + 2) >> 2;
    }
    return left ? (p.sumLeft(yO, 4) + 2) >> 2 : 1 << (bitDepth - 1);
  }
}
