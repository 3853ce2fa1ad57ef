package llm265.h264.transform;

/**
 * The encoder's side of 8.5.9 to 8.5.13: factors that turn forward coefficients into levels.
 *
 * <p>A factor times |W| is the level as a real number, in units of the step with which the decoder reconstructs that coefficient,
 * scaling lists included. A level is then sign( W ) * (int) ( |W| * factor + roundingOffset ) in single precision: one
 * multiplication and one addition, each rounded, so that every kernel gives the same level.
 */
public final class Quantization {
  /**
   * The divisor, in one direction, that turns a forward coefficient into that of the inverse transform: the squared norm n^2
   * of its basis vector (4 or 2.5) times the ratio of the forward row to that vector (1 or 2).
   */
  private static final double[] GAIN_4 = {1 / 4.0, 1 / 5.0, 1 / 4.0, 1 / 5.0};

  /** n^2 of the 8-point basis vectors: 8 for rows 0 and 4, (12^2 + 10^2 + 6^2 + 3^2) / 32 for odd rows, otherwise 5. */
  private static final double[] NORM_8 = {8, 289 / 32.0, 5, 289 / 32.0, 8, 289 / 32.0, 5, 289 / 32.0};

  private Quantization() {}

  /**
   * Factors for 4x4 blocks; those for Intra_16x16 and chroma AC are the same.
   *
   * @param levelScale LevelScale4x4 of qP % 6
   * @param qP QP'Y or QP'C
   * @return 16 factors at 4 * row + column
   */
  public static float[] scale4x4(int[] levelScale, int qP) {
    float[] scale = new float[16];
    for (int k = 0; k < 16; k++) {
      // The inverse transform ends with a division by 64; scaling is by levelScale * 2^(qP / 6 - 4)
      scale[k] = (float) (64 * GAIN_4[k >> 2] * GAIN_4[k & 3] / (levelScale[k] * powerOf2(qP / 6 - 4)));
    }
    return scale;
  }

  /** Factors for 8x8 blocks: 64 at 8 * row + column. */
  public static float[] scale8x8(int[] levelScale, int qP) {
    float[] scale = new float[64];
    for (int k = 0; k < 64; k++) {
      // The forward transform is 64 times as large as the basis functions, which cancels the division by 64
      scale[k] = (float) (1 / (NORM_8[k >> 3] * NORM_8[k & 7] * levelScale[k] * powerOf2(qP / 6 - 6)));
    }
    return scale;
  }

  /** Factor for Intra16x16DCLevel, applied to the results of {@link DcTransform#forwardLuma}. */
  public static float scaleLumaDc(int levelScale00, int qP) {
    return (float) (16 / (levelScale00 * powerOf2(qP / 6)));
  }

  /**
   * Factor for ChromaDCLevel, applied to the results of {@link DcTransform#forwardChroma420} or {@link
   * DcTransform#forwardChroma422}.
   *
   * @param qP QP'C for 4:2:0, QP'C,dc = QP'C + 3 for 4:2:2; {@code levelScale00} is that of the same qP % 6
   */
  public static float scaleChromaDc(int levelScale00, int qP) {
    return (float) (32 / (levelScale00 * powerOf2(qP / 6)));
  }

  /**
   * Quantizes one coefficient.
   *
   * @param w forward coefficient
   * @param scale its factor
   * @param roundingOffset 0 to 0.5; 0.5 rounds to the nearest level
   */
  public static int quantize(int w, float scale, float roundingOffset) {
    int magnitude = (int) (Math.abs(w) * scale + roundingOffset);
    return w < 0 ? -magnitude : magnitude;
  }

  private static double powerOf2(int exponent) {
    return Math.scalb(1.0, exponent);
  }
}
