package llm265.baseline;

/**
 * Q4_0, Q5_0 and Q8_0 of GGUF: blocks of 32 values, each a binary16 scale times an integer.
 *
 * <p>Q4_0 and Q5_0 map the value of greatest magnitude to the least integer, -8 or -16, whatever its sign is. Q8_0 maps the
 * greatest magnitude to 127. As in ggml, integers are chosen with the scale before it is rounded to binary16.
 *
 * <p>With an importance matrix, the scale of Q4_0 and Q5_0 is that of {@link ScaleSearch}, with w = importance * sqrt(mean(x x) +
 * x x) as weights; the mean is the block's, while ggml takes the row's.
 */
public enum GgufRounded implements SearchedFormat {
  Q4_0(8),
  Q5_0(16),
  Q8_0(128);

  private static final int VALUES = 32;
  private static final int GREATEST_Q8 = 127;

  /** The least integer, negated. */
  private final int limit;
  private final float[] ends;

  GgufRounded(int limit) {
    this.limit = limit;
    ends = ScaleSearch.ends(-limit, 9, 0.1f);
  }

  @Override
  public int blockSize() {
    return VALUES;
  }

  @Override
  public int blockBytes() {
    int bits = Integer.numberOfTrailingZeros(2 * limit);
    return 2 + VALUES * bits / 8;
  }

  @Override
  public void quantize(float[] values, int from, double[] importance, float[] decoded) {
    float scale = importance == null || this == Q8_0 ? scale(values, from) : searchedScale(values, from, importance);
    float stored = StoredScale.half(scale);
    float inverse = stored == 0 ? 0 : 1 / scale;
    for (int i = from; i < from + VALUES; i++) {
      decoded[i] = (float) integer(values[i] * inverse) * stored + 0f;
    }
  }

  private float scale(float[] values, int from) {
    float extreme = ScaleSearch.extreme(values, from, VALUES);
    return this == Q8_0 ? Math.abs(extreme) / GREATEST_Q8 : extreme / -limit;
  }

  private float searchedScale(float[] values, int from, double[] importance) {
    double base = ScaleSearch.meanSquare(values, from, VALUES);
    double[] weights = ScaleSearch.important(values, from, importance, 0, VALUES, base);
    return ScaleSearch.scale(values, from, weights, ends, this::integer);
  }

  private double integer(float scaled) {
    if (this == Q8_0) {
      // Half away from zero, unlike the other formats here.
      return Math.signum(scaled) * Math.floor(Math.abs(scaled) + 0.5);
    }
    return Math.clamp(Math.floor(scaled + (limit + 0.5f)) - limit, -limit, limit - 1);
  }
}
