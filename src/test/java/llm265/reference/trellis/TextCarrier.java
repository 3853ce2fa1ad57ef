package llm265.reference.trellis;

import java.util.ArrayDeque;
import java.util.Deque;

/** Samples to integers to levels, by the text of SPEC.md, "Carried integers" and "Carried levels", one number at a time. */
final class TextCarrier {
  private static final int[][] C = {{1, 1, 1, 1}, {2, 1, -1, -2}, {1, -1, -1, 1}, {1, -2, 2, -1}};
  private static final int[][] H = {{1, 1, 1, 1}, {1, 1, -1, -1}, {1, -1, -1, 1}, {1, -1, 1, -1}};

  /** Figure 8-8 a: 4 row + column of each place of the scan. */
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  private TextCarrier() {}

  /** The row of a block among those of its macroblock, by Figure 6-10. */
  private static int blockRow(int luma4x4BlkIdx) {
    return 2 * (luma4x4BlkIdx / 8) + luma4x4BlkIdx % 4 / 2;
  }

  private static int blockColumn(int luma4x4BlkIdx) {
    return 2 * (luma4x4BlkIdx / 4 % 2) + luma4x4BlkIdx % 2;
  }

  private static int blockAt(int row, int column) {
    for (int i = 0; i < 16; i++) {
      if (blockRow(i) == row && blockColumn(i) == column) {
        return i;
      }
    }
    throw new IllegalArgumentException(row + ", " + column);
  }

  /** M X M^T. */
  private static int[][] transformed(int[][] m, int[][] x) {
    int[][] out = new int[4][4];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        for (int k = 0; k < 4; k++) {
          for (int l = 0; l < 4; l++) {
            out[i][j] += m[i][k] * x[k][l] * m[j][l];
          }
        }
      }
    }
    return out;
  }

  /** The integers that a picture carries, by their places. */
  static int[] integers(int qp, byte[] luma, int width, int height) {
    int[] integers = new int[width * height];
    for (int mbAddr = 0; mbAddr < integers.length / 256; mbAddr++) {
      int top = mbAddr / (width / 16) * 16;
      int left = mbAddr % (width / 16) * 16;
      int[][] differences = new int[16][16];
      int prediction = prediction(luma, width, top, left);
      for (int y = 0; y < 16; y++) {
        for (int x = 0; x < 16; x++) {
          differences[y][x] = (luma[(top + y) * width + left + x] & 0xFF) - prediction;
        }
      }
      macroblock(qp, differences, integers, 256 * mbAddr);
    }
    return integers;
  }

  private static int prediction(byte[] luma, int width, int top, int left) {
    int sum = 0;
    for (int i = 0; i < 16; i++) {
      sum += top > 0 ? luma[(top - 1) * width + left + i] & 0xFF : 0;
      sum += left > 0 ? luma[(top + i) * width + left - 1] & 0xFF : 0;
    }
    return top > 0 && left > 0 ? (sum + 16) >> 5 : top > 0 || left > 0 ? (sum + 8) >> 4 : 128;
  }

  private static void macroblock(int qp, int[][] differences, int[] integers, int at) {
    int s = (qp - 16) / 6;
    int[][] first = new int[4][4];
    for (int block = 0; block < 16; block++) {
      int[][] x = new int[4][4];
      for (int i = 0; i < 16; i++) {
        x[i / 4][i % 4] = differences[4 * blockRow(block) + i / 4][4 * blockColumn(block) + i % 4];
      }
      int[][] w = transformed(C, x);
      first[blockRow(block)][blockColumn(block)] = w[0][0];
      for (int i = 1; i < 16; i++) {
        int odd = i / 4 % 2 + i % 2;
        long f = odd == 0 ? 262_144 : odd == 1 ? 167_772 : 107_374;
        integers[at + 16 * block + i] = (int) ((w[i / 4][i % 4] * f + (1 << (21 + s))) >> (22 + s));
      }
    }
    int[][] z = transformed(H, first);
    for (int block = 0; block < 16; block++) {
      integers[at + 16 * block] = (z[blockRow(block)][blockColumn(block)] + (32 << s)) >> (6 + s);
    }
  }

  /**
   * What the values of a picture are in steps, where they lie on it.
   *
   * @param raw the raw level bits of each, where it lies
   * @param rawBits how many they are
   */
  static int[] steps(int[] integers, int[] raw, int[] rawBits, int width, int stateBits, int chunkMacroblocks) {
    int[] steps = new int[integers.length];
    int[] states = new int[16];
    for (int mbAddr = 0; mbAddr < integers.length / 256; mbAddr++) {
      if (mbAddr % chunkMacroblocks == 0) {
        states = new int[16];
      }
      Deque<Integer> left = ordered(integers, 256 * mbAddr);
      for (int i = 0; i < 256; i++) {
        int place = (mbAddr / (width / 16) * 16 + i / 16) * width + mbAddr % (width / 16) * 16 + i % 16;
        int q = states[i % 16] & 1;
        int h = q == 1 ? left.removeFirst() : left.removeLast();
        int k = Math.abs(h);
        int u = TextChunk.level(k, q, h < 0);
        if (rawBits[place] > 0) {
          int m = (h << rawBits[place]) + raw[place] - (1 << (rawBits[place] - 1));
          u = 2 * m + q;
          k = q == 1 && m >= 0 ? m + 1 : Math.abs(m);
        }
        steps[place] = u;
        states[i % 16] = TextChunk.nextState(stateBits, states[i % 16], k);
      }
    }
    return steps;
  }

  private static Deque<Integer> ordered(int[] integers, int at) {
    Deque<Integer> ordered = new ArrayDeque<>();
    for (int k = 0; k < 16; k++) {
      ordered.add(integers[at + 16 * blockAt(ZIGZAG[k] / 4, ZIGZAG[k] % 4)]);
      for (int block = 0; k > 0 && block < 16; block++) {
        ordered.add(integers[at + 16 * block + ZIGZAG[k]]);
      }
    }
    return ordered;
  }
}
