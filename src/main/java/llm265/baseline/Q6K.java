package llm265.baseline;

/**
 * Q6_K of GGUF: super-blocks of 256 values in 16 blocks of 16. A value is d sc q: q is an integer from -32 to 31, sc an 8-bit
 * integer of the block, d a binary16 number of the super-block.
 *
 * <p>A block's scale is that of {@link ScaleSearch}, with squared values or their importance as weights; 19 scales map the value
 * of greatest magnitude to -32.9 to -31.1. At the end, integers are chosen again for the stored numbers.
 *
 * <p>Layers whose rows are no whole super-blocks become Q8_0, as llama.cpp has it.
 */
final class Q6K implements SearchedFormat {
  private static final int VALUES = 256;
  private static final int BLOCK = 16;
  private static final int BLOCKS = VALUES / BLOCK;
  private static final int LIMIT = 32;
  private static final int GREATEST_SCALE = 127;
  private static final float[] ENDS = ScaleSearch.ends(-LIMIT, 9, 0.1f);

  @Override
  public int blockSize() {
    return VALUES;
  }

  @Override
  public int blockBytes() {
    return VALUES * 6 / 8 + BLOCKS + 2;
  }

  @Override
  public void quantize(float[] values, int from, double[] importance, float[] decoded) {
    float[] scales = new float[BLOCKS];
    for (int b = 0; b < BLOCKS; b++) {
      int first = from + b * BLOCK;
      double[] weights = ScaleSearch.squares(values, first, BLOCK);
      if (importance != null) {
        System.arraycopy(importance, b * BLOCK, weights, 0, BLOCK);
      }
      scales[b] = ScaleSearch.scale(values, first, weights, ENDS, Q6K::integer);
    }
    // The extreme scale becomes -128, so d has the other sign.
    float extreme = ScaleSearch.extreme(scales, 0, BLOCKS);
    float d = StoredScale.half(extreme / -(GREATEST_SCALE + 1));
    for (int b = 0; b < BLOCKS; b++) {
      double code = extreme == 0 ? 0 : Math.rint(scales[b] / extreme * -(GREATEST_SCALE + 1));
      float scale = d * (float) Math.min(GREATEST_SCALE, code);
      for (int i = from + b * BLOCK; i < from + (b + 1) * BLOCK; i++) {
        decoded[i] = scale == 0 ? 0 : scale * (float) integer(values[i] / scale) + 0f;
      }
    }
  }

  private static double integer(float scaled) {
    return Math.clamp(Math.rint(scaled), -LIMIT, LIMIT - 1);
  }
}
