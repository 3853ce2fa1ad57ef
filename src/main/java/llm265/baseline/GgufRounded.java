package llm265.baseline;

/**
 * Q4_0, Q5_0 and Q8_0 of GGUF: blocks of 32 values, each a binary16 scale times an integer.
 *
 * <p>Q4_0 and Q5_0 map the value of greatest magnitude to the least integer, -8 or -16, whatever its sign is. Q8_0 maps the
 * greatest magnitude to 127. As in ggml, integers are chosen with the scale before it is rounded to binary16.
 */
enum GgufRounded implements BlockFormat {
  Q4_0(8),
  Q5_0(16),
  Q8_0(128);

  private static final int VALUES = 32;
  private static final int GREATEST_Q8 = 127;

  /** The least integer, negated. */
  private final int limit;

  GgufRounded(int limit) {
    this.limit = limit;
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
  public void quantize(float[] values, int from, float[] decoded) {
    float extreme = 0;
    for (int i = from; i < from + VALUES; i++) {
      if (Math.abs(values[i]) > Math.abs(extreme)) {
        extreme = values[i];
      }
    }
    float scale = this == Q8_0 ? Math.abs(extreme) / GREATEST_Q8 : extreme / -limit;
    float stored = StoredScale.half(scale);
    float inverse = stored == 0 ? 0 : 1 / scale;
    for (int i = from; i < from + VALUES; i++) {
      decoded[i] = integer(values[i] * inverse) * stored + 0f;
    }
  }

  private int integer(float scaled) {
    if (this == Q8_0) {
      // Half away from zero, unlike the other formats here.
      return (int) (Math.signum(scaled) * Math.floor(Math.abs(scaled) + 0.5));
    }
    return Math.min(2 * limit - 1, (int) (scaled + (limit + 0.5f))) - limit;
  }
}
