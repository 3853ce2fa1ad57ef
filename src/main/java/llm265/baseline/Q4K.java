package llm265.baseline;

/**
 * Q4_K of GGUF: super-blocks of 256 values in 8 blocks of 32. A value is d sc q - dmin m: q has 4 bits, a block's sc and m have
 * 6 bits each, and d and dmin are binary16 numbers of the super-block.
 *
 * <p>Scale and minimum of a block are searched for as ggml does it: each of 21 scales around the range's own assigns codes to the
 * values; the weighted least-squares line through codes and values gives a scale and a minimum; the pair with the least weighted
 * error is kept. The weight of a value is its magnitude plus the root of the block's mean square. At the end, codes are chosen
 * again for the stored numbers.
 *
 * <p>Layers whose rows are no whole super-blocks become Q5_0, as llama.cpp has it.
 */
final class Q4K implements BlockFormat {
  private static final int VALUES = 256;
  private static final int BLOCK = 32;
  private static final int BLOCKS = VALUES / BLOCK;
  private static final int GREATEST = 15;
  private static final int GREATEST_SCALE = 63;
  private static final int SEARCH_STEPS = 20;

  @Override
  public int blockSize() {
    return VALUES;
  }

  @Override
  public int blockBytes() {
    return 2 + 2 + BLOCKS * 12 / 8 + VALUES / 2;
  }

  @Override
  public void quantize(float[] values, int from, float[] decoded) {
    Line[] lines = new Line[BLOCKS];
    float greatestScale = 0;
    float greatestDepth = 0;
    for (int b = 0; b < BLOCKS; b++) {
      lines[b] = fit(values, from + b * BLOCK);
      greatestScale = Math.max(greatestScale, (float) lines[b].scale);
      greatestDepth = Math.max(greatestDepth, (float) -lines[b].least);
    }
    float d = StoredScale.half(greatestScale / GREATEST_SCALE);
    float dmin = StoredScale.half(greatestDepth / GREATEST_SCALE);
    for (int b = 0; b < BLOCKS; b++) {
      float scale = d * sixBits(lines[b].scale, greatestScale);
      float depth = dmin * sixBits(-lines[b].least, greatestDepth);
      for (int i = from + b * BLOCK; i < from + (b + 1) * BLOCK; i++) {
        double code = scale == 0 ? 0 : Math.clamp(Math.rint((values[i] + depth) / scale), 0, GREATEST);
        decoded[i] = scale * (float) code - depth;
      }
    }
  }

  private static int sixBits(double value, float greatest) {
    return greatest == 0 ? 0 : (int) Math.clamp(Math.rint(value * GREATEST_SCALE / greatest), 0, GREATEST_SCALE);
  }

  /** Values are about scale times a code from 0 to 15, plus {@code least}, which is not above 0. */
  private record Line(double scale, double least) {
    int code(float value) {
      return (int) Math.clamp(Math.rint((value - least) / scale), 0, GREATEST);
    }
  }

  private static Line fit(float[] values, int from) {
    double[] weights = new double[BLOCK];
    double least = 0;
    double greatest = values[from];
    double square = 0;
    for (int i = 0; i < BLOCK; i++) {
      double value = values[from + i];
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
      square += value * value;
    }
    if (greatest == least) {
      return new Line(0, least);
    }
    for (int i = 0; i < BLOCK; i++) {
      weights[i] = Math.sqrt(square / BLOCK) + Math.abs(values[from + i]);
    }
    int[] codes = new int[BLOCK];
    Line best = new Line((greatest - least) / GREATEST, least);
    assign(values, from, best, codes);
    double leastError = error(values, from, weights, best, codes);
    for (int step = 0; step <= SEARCH_STEPS; step++) {
      assign(values, from, new Line((greatest - least) / (GREATEST - 1 + 0.1 * step), least), codes);
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
