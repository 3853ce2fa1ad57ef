package llm265.h264.intra;

import static llm265.h264.intra.IntraEdge.CORNER;

/**
 * 8.3.1.2.1 to 8.3.1.2.9 and 8.3.2.2.2 to 8.3.2.2.10: the nine modes of Intra_4x4 and Intra_8x8. The formulas differ only in
 * the block size, so they are written once; Intra_8x8 passes the filtered edge p'.
 */
final class DirectionalPrediction {
  private DirectionalPrediction() {}

  static void predict(
      int mode, int size, IntraEdge edge, short[] p, short[] dst, int offset, int stride, int bitDepth) {
    switch (mode) {
      case IntraPredModes.VERTICAL -> vertical(size, p, dst, offset, stride);
      case IntraPredModes.HORIZONTAL -> horizontal(size, p, dst, offset, stride);
      case IntraPredModes.DC -> dc(size, edge, p, dst, offset, stride, bitDepth);
      case IntraPredModes.DIAGONAL_DOWN_LEFT -> diagonalDownLeft(size, p, dst, offset, stride);
      case IntraPredModes.DIAGONAL_DOWN_RIGHT -> diagonalDownRight(size, p, dst, offset, stride);
      case IntraPredModes.VERTICAL_RIGHT -> verticalRight(size, p, dst, offset, stride);
      case IntraPredModes.HORIZONTAL_DOWN -> horizontalDown(size, p, dst, offset, stride);
      case IntraPredModes.VERTICAL_LEFT -> verticalLeft(size, p, dst, offset, stride);
      default -> horizontalUp(size, p, dst, offset, stride);
    }
  }

  /** (p[i-1] + 2 p[i] + p[i+1] + 2) >> 2 along the edge. */
  private static short filter3(short[] p, int i) {
    return (short) ((p[i - 1] + 2 * p[i] + p[i + 1] + 2) >> 2);
  }

  /** (p[i] + p[i+1] + 1) >> 1 along the edge. */
  private static short filter2(short[] p, int i) {
    return (short) ((p[i] + p[i + 1] + 1) >> 1);
  }

  static void vertical(int size, short[] p, short[] dst, int offset, int stride) {
    for (int y = 0; y < size; y++) {
      System.arraycopy(p, CORNER + 1, dst, offset + y * stride, size);
    }
  }

  static void horizontal(int size, short[] p, short[] dst, int offset, int stride) {
    for (int y = 0; y < size; y++) {
      fillRow(dst, offset + y * stride, size, p[CORNER - 1 - y]);
    }
  }

  static void fillRow(short[] dst, int at, int size, short value) {
    for (int x = 0; x < size; x++) {
      dst[at + x] = value;
    }
  }

  /** (8-47) to (8-50), and (8-85) ff.: the mean of the available samples on the left and above. */
  static void dc(int size, IntraEdge edge, short[] p, short[] dst, int offset, int stride, int bitDepth) {
    int sum = 0;
    if (edge.left) {
      for (int y = 0; y < size; y++) {
        sum += p[CORNER - 1 - y];
      }
    }
    if (edge.above) {
      for (int x = 0; x < size; x++) {
        sum += p[CORNER + 1 + x];
      }
    }
    int log2Size = Integer.numberOfTrailingZeros(size);
    int value;
    if (edge.left && edge.above) {
      value = (sum + size) >> (log2Size + 1);
    } else if (edge.left || edge.above) {
      value = (sum + (size >> 1)) >> log2Size;
    } else {
      value = 1 << (bitDepth - 1);
    }
    for (int y = 0; y < size; y++) {
      fillRow(dst, offset + y * stride, size, (short) value);
    }
  }

  private static void diagonalDownLeft(int size, short[] p, short[] dst, int offset, int stride) {
    int last = 2 * size - 1;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int i = CORNER + 2 + x + y;
        dst[offset + y * stride + x] =
            x == size - 1 && y == size - 1
                ? (short) ((p[CORNER + last] + 3 * p[CORNER + 1 + last] + 2) >> 2)
                : filter3(p, i);
      }
    }
  }

  private static void diagonalDownRight(int size, short[] p, short[] dst, int offset, int stride) {
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        dst[offset + y * stride + x] = filter3(p, CORNER + x - y);
      }
    }
  }

  private static void verticalRight(int size, short[] p, short[] dst, int offset, int stride) {
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int zVR = 2 * x - y;
        int i = CORNER + x - (y >> 1);
        short value;
        if (zVR < -1) {
          // p[-1, y - 2x - 1] with its neighbours on the left edge
          value = filter3(p, CORNER - (y - 2 * x - 1));
        } else if ((zVR & 1) == 0) {
          value = filter2(p, i);
        } else {
          value = filter3(p, i);
        }
        dst[offset + y * stride + x] = value;
      }
    }
  }

  private static void horizontalDown(int size, short[] p, short[] dst, int offset, int stride) {
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int zHD = 2 * y - x;
        int i = CORNER - y + (x >> 1);
        short value;
        if (zHD < -1) {
          value = filter3(p, CORNER + (x - 2 * y - 1));
        } else if ((zHD & 1) == 0) {
          value = filter2(p, i - 1);
        } else {
          value = filter3(p, i);
        }
        dst[offset + y * stride + x] = value;
      }
    }
  }

  private static void verticalLeft(int size, short[] p, short[] dst, int offset, int stride) {
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int i = CORNER + 1 + x + (y >> 1);
        dst[offset + y * stride + x] = (y & 1) == 0 ? filter2(p, i) : filter3(p, i + 1);
      }
    }
  }

  private static void horizontalUp(int size, short[] p, short[] dst, int offset, int stride) {
    int lowest = CORNER - size;
    int limit = 2 * size - 3;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int zHU = x + 2 * y;
        int i = CORNER - 1 - y - (x >> 1);
        short value;
        if (zHU > limit) {
          value = p[lowest];
        } else if (zHU == limit) {
          value = (short) ((p[lowest + 1] + 3 * p[lowest] + 2) >> 2);
        } else if ((zHU & 1) == 0) {
          value = filter2(p, i - 1);
        } else {
          value = filter3(p, i - 1);
        }
        dst[offset + y * stride + x] = value;
      }
    }
  }
}
