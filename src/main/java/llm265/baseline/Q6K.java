package llm265.baseline;

/**
 * Q6_K of GGUF: super-blocks of 256 values in 16 blocks of 16. A value is d sc q: q is an integer from -32 to 31, sc an 8-bit
 * integer of the block, d a binary16 number of the super-block.
 *
 * <p>A block's scale is searched for as ggml does it: each of 19 scales, which map the value of greatest magnitude to -32.9 to
 * -31.1, assigns integers; the least-squares scale for these, with squared values as weights, that explains most is kept. At the
 * end, integers are chosen again for the stored numbers.
 *
 * <p>Layers whose rows are no whole super-blocks become Q8_0, as llama.cpp has it.
 */
final class Q6K implements BlockFormat {
  private static final int VALUES = 256;
  private static final int BLOCK = 16;
  private static final int BLOCKS = VALUES / BLOCK;
  private static final int LIMIT = 32;
  private static final int TRIES = 9;
  private static final int GREATEST_SCALE = 127;

  @Override
  public int blockSize() {
    return VALUES;
  }

  @Override
  public int blockBytes() {
    return VALUES * 6 / 8 + BLOCKS + 2;
  }

  @Override
  public void quantize(float[] values, int from, float[] decoded) {
    float[] scales = new float[BLOCKS];
    float extreme = 0;
    for (int b = 0; b < BLOCKS; b++) {
      scales[b] = fit(values, from + b * BLOCK);
      if (Math.abs(scales[b]) > Math.abs(extreme)) {
        extreme = scales[b];
      }
    }
    // The extreme scale becomes -128, so d has the other sign.
    float d = StoredScale.half(extreme / -(GREATEST_SCALE + 1));
    for (int b = 0; b < BLOCKS; b++) {
      double code = extreme == 0 ? 0 : Math.rint(scales[b] / extreme * -(GREATEST_SCALE + 1));
      float scale = d * (float) Math.min(GREATEST_SCALE, code);
      for (int i = from + b * BLOCK; i < from + (b + 1) * BLOCK; i++) {
        decoded[i] = scale == 0 ? 0 : scale * integer(values[i] / scale) + 0f;
      }
    }
  }

  private static int integer(float scaled) {
    return (int) Math.clamp(Math.rint(scaled), -LIMIT, LIMIT - 1);
  }

  private static float fit(float[] values, int from) {
    float extreme = 0;
    for (int i = from; i < from + BLOCK; i++) {
      if (Math.abs(values[i]) > Math.abs(extreme)) {
        extreme = values[i];
      }
    }
    if (extreme == 0) {
      return 0;
    }
    double best = 0;
    double explained = -1;
    for (int attempt = -TRIES; attempt <= TRIES; attempt++) {
      float inverse = -(LIMIT + 0.1f * attempt) / extreme;
      double cross = 0;
      double square = 0;
      for (int i = from; i < from + BLOCK; i++) {
        double value = values[i] / extreme;
        double q = integer(values[i] * inverse);
        cross += value * value * q * value;
        square += value * value * q * q;
      }
      if (cross * cross > explained * square) {
        best = cross / square;
        explained = cross * cross / square;
      }
    }
    return (float) (best * extreme);
  }
}
