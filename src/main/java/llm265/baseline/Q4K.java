package llm265.baseline;

/**
 * Q4_K of GGUF: super-blocks of 256 values in 8 blocks of 32. A value is d sc q - dmin m: q has 4 bits, a block's sc and m have
 * 6 bits each, and d and dmin are binary16 numbers of the super-block.
 *
 * <p>Scale and minimum of a block are searched for as ggml does it: each of 21 scales around the range's own assigns codes to the
 * values; the weighted least-squares line through codes and values gives a scale and a minimum; the pair with the least weighted
 * error is kept. The weight of a value x is |x| plus the root of the block's mean square. The greatest sc and m are 63. At the
 * end, codes are chosen again for the stored numbers.
 *
 * <p>With an importance matrix there are 37 scales, weights are importance * sqrt(2 mean(x x) + x x) with the super-block's mean,
 * and d and dmin are those of {@link ScaleSearch}, with the blocks' sums of weights as weights.
 *
 * <p>Layers whose rows are no whole super-blocks become Q5_0, as llama.cpp has it.
 */
final class Q4K implements SearchedFormat {
  private static final int VALUES = 256;
  private static final int BLOCK = 32;
  private static final int BLOCKS = VALUES / BLOCK;
  private static final int GREATEST = 15;
  private static final int GREATEST_SCALE = 63;
  /** Codes, not yet clipped, that the greatest value has with the scales that are tried. */
  private static final float[] ENDS = ScaleSearch.ends(GREATEST, 10, 0.1f);
  private static final float[] IMPORTANT_ENDS = ScaleSearch.ends(GREATEST, 18, 0.05f);
  private static final float[] SCALE_ENDS = ScaleSearch.ends(GREATEST_SCALE, 4, 0.1f);

  @Override
  public int blockSize() {
    return VALUES;
  }

  @Override
  public int blockBytes() {
    return 2 + 2 + BLOCKS * 12 / 8 + VALUES / 2;
  }

  @Override
  public void quantize(float[] values, int from, double[] importance, float[] decoded) {
    double base = 2 * ScaleSearch.meanSquare(values, from, VALUES);
    float[] scales = new float[BLOCKS];
    float[] depths = new float[BLOCKS];
    double[] sums = importance == null ? null : new double[BLOCKS];
    for (int b = 0; b < BLOCKS; b++) {
      int first = from + b * BLOCK;
      double[] weights = importance == null
          ? weights(values, first)
          : ScaleSearch.important(values, first, importance, b * BLOCK, BLOCK, base);
      Line line = fit(values, first, weights, importance != null);
      scales[b] = (float) line.scale;
      depths[b] = (float) -line.least;
      for (int i = 0; i < BLOCK && sums != null; i++) {
        sums[b] += weights[i];
      }
    }
    storeInSixBits(scales, sums);
    storeInSixBits(depths, sums);
    for (int i = from; i < from + VALUES; i++) {
      float scale = scales[(i - from) / BLOCK];
      float depth = depths[(i - from) / BLOCK];
      double code = scale == 0 ? 0 : Math.clamp(Math.rint((values[i] + depth) / scale), 0, GREATEST);
      decoded[i] = scale * (float) code - depth;
    }
  }

  private static double[] weights(float[] values, int from) {
    double root = Math.sqrt(ScaleSearch.meanSquare(values, from, BLOCK));
    double[] weights = new double[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      weights[i] = root + Math.abs(values[from + i]);
    }
    return weights;
  }

  /** Replaces numbers of blocks by 6-bit integers times a binary16 of the super-block. */
  private static void storeInSixBits(float[] numbers, double[] weights) {
    float exact = weights == null
        ? ScaleSearch.extreme(numbers, 0, BLOCKS) / GREATEST_SCALE
        : ScaleSearch.scale(numbers, 0, weights, SCALE_ENDS, Q4K::sixBits);
    float stored = StoredScale.half(exact);
    for (int b = 0; b < BLOCKS; b++) {
      numbers[b] = stored == 0 ? 0 : stored * (float) sixBits(numbers[b] / exact);
    }
  }

  private static double sixBits(float scaled) {
    return Math.clamp(Math.rint(scaled), 0, GREATEST_SCALE);
  }

  /** Values are about scale times a code from 0 to 15, plus {@code least}, which is not above 0. */
  private record Line(double scale, double least) {
    int code(float value) {
      return (int) Math.clamp(Math.rint((value - least) / scale), 0, GREATEST);
    }
  }

  private static Line fit(float[] values, int from, double[] weights, boolean isImportant) {
    double least = 0;
    double greatest = values[from];
    for (int i = from; i < from + BLOCK; i++) {
      least = Math.min(least, values[i]);
      greatest = Math.max(greatest, values[i]);
    }
    if (greatest == least) {
      return new Line(0, least);
    }
    int[] codes = new int[BLOCK];
    Line best = new Line((greatest - least) / GREATEST, least);
    assign(values, from, best, codes);
    double leastError = error(values, from, weights, best, codes);
    for (float end : isImportant ? IMPORTANT_ENDS : ENDS) {
      assign(values, from, new Line((greatest - least) / end, least), codes);
      Line line = regress(values, from, weights, codes);
      double error = line == null ? Double.POSITIVE_INFINITY : error(values, from, weights, line, codes);
      if (error < leastError) {
        leastError = error;
        best = line;
      }
    }
    return best;
  }

  private static void assign(float[] values, int from, Line line, int[] codes) {
    for (int i = 0; i < BLOCK; i++) {
      codes[i] = line.code(values[from + i]);
    }
  }

  /** The weighted least-squares line with a minimum of 0 or below, or null if all codes are equal. */
  private static Line regress(float[] values, int from, double[] weights, int[] codes) {
    double w = 0;
    double x = 0;
    double q = 0;
    double qq = 0;
    double xq = 0;
    for (int i = 0; i < BLOCK; i++) {
      double value = values[from + i];
      w += weights[i];
      x += weights[i] * value;
      q += weights[i] * codes[i];
      qq += weights[i] * codes[i] * codes[i];
      xq += weights[i] * codes[i] * value;
    }
    double determinant = w * qq - q * q;
    if (!(determinant > 0)) {
      return null;
    }
    double least = (qq * x - q * xq) / determinant;
    return least > 0 ? new Line(xq / qq, 0) : new Line((w * xq - x * q) / determinant, least);
  }

  private static double error(float[] values, int from, double[] weights, Line line, int[] codes) {
    double sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      double error = line.scale * codes[i] + line.least - values[from + i];
      sum += weights[i] * error * error;
    }
    return sum;
  }
}
