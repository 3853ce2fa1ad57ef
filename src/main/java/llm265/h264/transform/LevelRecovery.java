package llm265.h264.transform;

import java.util.Arrays;
import llm265.h264.Picture;
import llm265.h264.macroblock.BlockScan;

/**
 * Takes the levels of an Intra_16x16 macroblock back out of its decoded samples. SPEC.md, "Carried integers".
 *
 * <p>At these QPs the decoder's scaling and inverse transforms are exact but for one rounding, that of each residual sample.
 * The forward transform of samples less their prediction is then a multiple of the level, and an error. Each sample's error is at
 * most one half, and the transform adds at most 16 to 36 of them: that is less than half of the multiple for the levels of AC
 * blocks, whatever they are. Those of the DC block have the errors of all 256 samples. All this holds as long as no sample is
 * clipped.
 */
public enum LevelRecovery {
  /**
   * The most levels fit between 0 and 255: those of a deviation of 4. Levels of the DC block come back all but always, unless
   * most levels are 0, so that errors are all alike. Lower QPs do not leave room for the rounding.
   */
  WIDE(16),
  /** Steps are four times as large, so that all levels come back for certain: of a deviation of 1.5, none is clipped. */
  CERTAIN(28);

  /** 2^22 over what a level is worth in a coefficient at QP 16, by position in the block: 16, 25 and 39.0625. */
  private static final int[] FACTOR = factors();

  private final int qp;
  private final int shift;
  private final int half;
  private final int dcShift;
  private final int dcHalf;

  LevelRecovery(int qp) {
    this.qp = qp;
    int octaves = (qp - 16) / 6;
    shift = 22 + octaves;
    half = 1 << (shift - 1);
    // At QP 16 a level of the DC block is worth 2^6.
    dcShift = 6 + octaves;
    dcHalf = 1 << (dcShift - 1);
  }

  /** QP'Y of such macroblocks. */
  public int qp() {
    return qp;
  }

  /** What moves all samples of a macroblock by one, in steps of its first level. */
  public int firstLevelsOfOne() {
    return 1 << (8 - dcShift);
  }

  /** That of a QP; null for other QPs. */
  public static LevelRecovery ofQp(int qp) {
    return qp == WIDE.qp ? WIDE : qp == CERTAIN.qp ? CERTAIN : null;
  }

  private static int[] factors() {
    int[] factors = new int[16];
    for (int i = 0; i < 16; i++) {
      int odd = (i & 1) + ((i >> 2) & 1);
      factors[i] = odd == 0 ? 262_144 : odd == 1 ? 167_772 : 107_374;
    }
    return factors;
  }

  /**
   * The levels of a picture whose macroblocks are all Intra_16x16 with prediction by the mean of their neighbours.
   *
   * @param picture of 8-bit samples, at this QP
   * @param sliceRows rows of macroblocks of each slice
   * @param levels receives those of macroblock mbAddr from {@code 256 * mbAddr} on, as {@link #recover} has them
   */
  public void recover(Picture picture, int sliceRows, short[] levels) {
    int[] residual = new int[256];
    int[] coefficients = new int[256];
    int[] dc = new int[16];
    short[] samples = picture.samples(0);
    int stride = picture.stride(0);
    int width = picture.format().widthInMbs();
    for (int mbAddr = 0; mbAddr < picture.format().sizeInMbs(); mbAddr++) {
      int row = mbAddr / width;
      int column = mbAddr % width;
      int first = picture.first(0) + 16 * (row * stride + column);
      subtractPrediction(samples, first, stride, column > 0, row % sliceRows > 0, residual);
      recover(residual, coefficients, dc, levels, 256 * mbAddr);
    }
  }

  /**
   * The samples of a macroblock less the mean of those to the left and above it (8.3.3.3).
   *
   * @param first index of its first sample
   * @param left whether the macroblock to the left is available
   * @param above the same of that above
   * @param residual receives 256 differences, row by row
   */
  public static void subtractPrediction(
      short[] samples, int first, int stride, boolean left, boolean above, int[] residual) {
    int sum = 0;
    for (int x = 0; above && x < 16; x++) {
      sum += samples[first - stride + x];
    }
    for (int y = 0; left && y < 16; y++) {
      sum += samples[first + y * stride - 1];
    }
    int prediction = left && above ? (sum + 16) >> 5 : left || above ? (sum + 8) >> 4 : 128;
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        residual[16 * y + x] = samples[first + y * stride + x] - prediction;
      }
    }
  }

  /**
   * The levels of a macroblock.
   *
   * @param residual 256 samples less their prediction, row by row
   * @param coefficients room for 256 numbers
   * @param dc room for 16 numbers
   * @param levels receives 256 levels, at {@code 16 * luma4x4BlkIdx + 4 * row + column} from {@code at} on; the first of each
   *     block is the level of Intra16x16DCLevel that lies at the block's row and column in the matrix c (8.5.2)
   */
  public void recover(int[] residual, int[] coefficients, int[] dc, short[] levels, int at) {
    TransformKernels.ACTIVE.forward4x4(residual, coefficients);
    DcTransform.forwardLuma(coefficients, dc, 0);
    for (int block = 0; block < 256; block += 16) {
      for (int i = 0; i < 16; i++) {
        levels[at + block + i] = (short) ((coefficients[block + i] * FACTOR[i] + half) >> shift);
      }
    }
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      levels[at + 16 * blkIdx] = (short) ((dc[BlockScan.BLOCK_RASTER[blkIdx]] + dcHalf) >> dcShift);
    }
  }

  /**
   * Whether all 256 samples of a macroblock lie between 0 and 255, so that none of them has been clipped.
   *
   * @param sums receives the sums over its 4x4 blocks, row by row
   */
  public static boolean isUnclipped(short[] samples, int first, int stride, int[] sums) {
    int outside = 0;
    Arrays.fill(sums, 0);
    for (int y = 0; y < 16; y++) {
      int at = first + y * stride;
      int row = y & -4;
      for (int x = 0; x < 16; x++) {
        int sample = samples[at + x];
        outside |= (sample - 1) | (254 - sample);
        sums[row + (x >> 2)] += sample;
      }
    }
    return outside >= 0;
  }

  /**
   * The levels of the DC block alone.
   *
   * @param sums those of samples over 4x4 blocks, row by row
   * @param prediction the macroblock's
   * @param levels receives the matrix c (8.5.2)
   */
  public void recoverDc(int[] sums, int prediction, int[] levels) {
    for (int i = 0; i < 16; i++) {
      levels[i] = sums[i] - 16 * prediction;
    }
    DcTransform.hadamard(levels, 0);
    for (int i = 0; i < 16; i++) {
      levels[i] = (levels[i] + dcHalf) >> dcShift;
    }
  }
}
