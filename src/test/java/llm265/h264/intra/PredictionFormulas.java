package llm265.h264.intra;

import java.util.Random;

/**
 * The equations of 8.3.1.2 to 8.3.4, sample by sample, on a plane of neighbours p( x, y ): what the predictors are
 * compared with. Nothing is shared with them.
 */
final class PredictionFormulas {
  /** Samples of a plane with the block's first sample at (ORIGIN, ORIGIN). */
  static final int ORIGIN = 20;

  static final int STRIDE = 64;

  private PredictionFormulas() {}

  /** p( x, y ) relative to a block. */
  interface Neighbours {
    int p(int x, int y);
  }

  static short[] randomPlane(Random random, int bitDepth) {
    short[] plane = new short[STRIDE * STRIDE];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = (short) random.nextInt(1 << bitDepth);
    }
    return plane;
  }

  static int offset() {
    return ORIGIN * STRIDE + ORIGIN;
  }

  /** Reads the plane, with p( size - 1, -1 ) for what lies above right when that is missing. */
  static Neighbours neighbours(short[] plane, int size, boolean aboveRight) {
    return (x, y) -> plane[(ORIGIN + y) * STRIDE + ORIGIN + (y < 0 && x >= size && !aboveRight ? size - 1 : x)];
  }

  static int predict4x4(int mode, Neighbours n, int x, int y) {
    switch (mode) {
      case 0:
        return n.p(x, -1);
      case 1:
        return n.p(-1, y);
      case 3:
        return x == 3 && y == 3
            ? (n.p(6, -1) + 3 * n.p(7, -1) + 2) >> 2
            : (n.p(x + y, -1) + 2 * n.p(x + y + 1, -1) + n.p(x + y + 2, -1) + 2) >> 2;
      case 4:
        if (x > y) {
          return (n.p(x - y - 2, -1) + 2 * n.p(x - y - 1, -1) + n.p(x - y, -1) + 2) >> 2;
        }
        return x < y
            ? (n.p(-1, y - x - 2) + 2 * n.p(-1, y - x - 1) + n.p(-1, y - x) + 2) >> 2
            : (n.p(0, -1) + 2 * n.p(-1, -1) + n.p(-1, 0) + 2) >> 2;
      case 5:
        int zVR = 2 * x - y;
        return switch (zVR) {
          case 0, 2, 4, 6 -> (n.p(x - (y >> 1) - 1, -1) + n.p(x - (y >> 1), -1) + 1) >> 1;
          case 1, 3, 5 ->
              (n.p(x - (y >> 1) - 2, -1) + 2 * n.p(x - (y >> 1) - 1, -1) + n.p(x - (y >> 1), -1) + 2) >> 2;
          case -1 -> (n.p(-1, 0) + 2 * n.p(-1, -1) + n.p(0, -1) + 2) >> 2;
          default -> (n.p(-1, y - 1) + 2 * n.p(-1, y - 2) + n.p(-1, y - 3) + 2) >> 2;
        };
      case 6:
        int zHD = 2 * y - x;
        return switch (zHD) {
          case 0, 2, 4, 6 -> (n.p(-1, y - (x >> 1) - 1) + n.p(-1, y - (x >> 1)) + 1) >> 1;
          case 1, 3, 5 ->
              (n.p(-1, y - (x >> 1) - 2) + 2 * n.p(-1, y - (x >> 1) - 1) + n.p(-1, y - (x >> 1)) + 2) >> 2;
          case -1 -> (n.p(-1, 0) + 2 * n.p(-1, -1) + n.p(0, -1) + 2) >> 2;
          default -> (n.p(x - 1, -1) + 2 * n.p(x - 2, -1) + n.p(x - 3, -1) + 2) >> 2;
        };
      case 7:
        return verticalLeft(n, x, y);
      case 8:
        int zHU = x + 2 * y;
        return switch (zHU) {
          case 0, 2, 4 -> (n.p(-1, y + (x >> 1)) + n.p(-1, y + (x >> 1) + 1) + 1) >> 1;
          case 1, 3 -> (n.p(-1, y + (x >> 1)) + 2 * n.p(-1, y + (x >> 1) + 1) + n.p(-1, y + (x >> 1) + 2) + 2) >> 2;
          case 5 -> (n.p(-1, 2) + 3 * n.p(-1, 3) + 2) >> 2;
          default -> n.p(-1, 3);
        };
      default:
        throw new AssertionError(mode);
    }
  }

  private static int verticalLeft(Neighbours n, int x, int y) {
    return y % 2 == 0
        ? (n.p(x + (y >> 1), -1) + n.p(x + (y >> 1) + 1, -1) + 1) >> 1
        : (n.p(x + (y >> 1), -1) + 2 * n.p(x + (y >> 1) + 1, -1) + n.p(x + (y >> 1) + 2, -1) + 2) >> 2;
  }

  /** 8.3.2.2.2 ff., on filtered neighbours. */
  static int predict8x8(int mode, Neighbours n, int x, int y) {
    switch (mode) {
      case 3:
        return x == 7 && y == 7
            ? (n.p(14, -1) + 3 * n.p(15, -1) + 2) >> 2
            : (n.p(x + y, -1) + 2 * n.p(x + y + 1, -1) + n.p(x + y + 2, -1) + 2) >> 2;
      case 5:
        int zVR = 2 * x - y;
        if (zVR < -1) {
          return (n.p(-1, y - 2 * x - 1) + 2 * n.p(-1, y - 2 * x - 2) + n.p(-1, y - 2 * x - 3) + 2) >> 2;
        }
        if (zVR == -1) {
          return (n.p(-1, 0) + 2 * n.p(-1, -1) + n.p(0, -1) + 2) >> 2;
        }
        return zVR % 2 == 0
            ? (n.p(x - (y >> 1) - 1, -1) + n.p(x - (y >> 1), -1) + 1) >> 1
            : (n.p(x - (y >> 1) - 2, -1) + 2 * n.p(x - (y >> 1) - 1, -1) + n.p(x - (y >> 1), -1) + 2) >> 2;
      case 6:
        int zHD = 2 * y - x;
        if (zHD < -1) {
          return (n.p(x - 2 * y - 1, -1) + 2 * n.p(x - 2 * y - 2, -1) + n.p(x - 2 * y - 3, -1) + 2) >> 2;
        }
        if (zHD == -1) {
          return (n.p(-1, 0) + 2 * n.p(-1, -1) + n.p(0, -1) + 2) >> 2;
        }
        return zHD % 2 == 0
            ? (n.p(-1, y - (x >> 1) - 1) + n.p(-1, y - (x >> 1)) + 1) >> 1
            : (n.p(-1, y - (x >> 1) - 2) + 2 * n.p(-1, y - (x >> 1) - 1) + n.p(-1, y - (x >> 1)) + 2) >> 2;
      case 8:
        int zHU = x + 2 * y;
        if (zHU > 13) {
          return n.p(-1, 7);
        }
        if (zHU == 13) {
          return (n.p(-1, 6) + 3 * n.p(-1, 7) + 2) >> 2;
        }
        return zHU % 2 == 0
            ? (n.p(-1, y + (x >> 1)) + n.p(-1, y + (x >> 1) + 1) + 1) >> 1
            : (n.p(-1, y + (x >> 1)) + 2 * n.p(-1, y + (x >> 1) + 1) + n.p(-1, y + (x >> 1) + 2) + 2) >> 2;
      default:
        // Modes 0, 1, 4 and 7 have the same equations for both sizes
        return predict4x4(mode, n, x, y);
    }
  }

  /** 8.3.2.2.1 */
  static Neighbours filtered(Neighbours n, boolean left, boolean above, boolean corner) {
    return (x, y) -> {
      if (y < 0 && x < 0) {
        if (above && left) {
          return (n.p(0, -1) + 2 * n.p(-1, -1) + n.p(-1, 0) + 2) >> 2;
        }
        if (above) {
          return (3 * n.p(-1, -1) + n.p(0, -1) + 2) >> 2;
        }
        return left ? (3 * n.p(-1, -1) + n.p(-1, 0) + 2) >> 2 : n.p(-1, -1);
      }
      if (y < 0) {
        if (x == 0) {
          return corner
              ? (n.p(-1, -1) + 2 * n.p(0, -1) + n.p(1, -1) + 2) >> 2
              : (3 * n.p(0, -1) + n.p(1, -1) + 2) >> 2;
        }
        return x == 15
            ? (n.p(14, -1) + 3 * n.p(15, -1) + 2) >> 2
            : (n.p(x - 1, -1) + 2 * n.p(x, -1) + n.p(x + 1, -1) + 2) >> 2;
      }
      if (y == 0) {
        return corner
            ? (n.p(-1, -1) + 2 * n.p(-1, 0) + n.p(-1, 1) + 2) >> 2
            : (3 * n.p(-1, 0) + n.p(-1, 1) + 2) >> 2;
      }
      return y == 7
          ? (n.p(-1, 6) + 3 * n.p(-1, 7) + 2) >> 2
          : (n.p(-1, y - 1) + 2 * n.p(-1, y) + n.p(-1, y + 1) + 2) >> 2;
    };
  }

  /** The mean of a block's sides, for square blocks. */
  static int dc(Neighbours n, int size, boolean left, boolean above, int bitDepth) {
    int sum = 0;
    for (int i = 0; i < size; i++) {
      sum += (left ? n.p(-1, i) : 0) + (above ? n.p(i, -1) : 0);
    }
    int count = (left ? size : 0) + (above ? size : 0);
    return count == 0 ? 1 << (bitDepth - 1) : (sum + count / 2) / count;
  }
}
