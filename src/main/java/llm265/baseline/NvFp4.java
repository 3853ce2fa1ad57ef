package llm265.baseline;

import llm265.dtype.Float8;

/**
 * NVFP4: 16 values of {@link Float4} and an E4M3 scale s, and for the layer a binary32 number g = 448 * 6 / amax. A value is
 * q s / g, and s = E4M3(g amax / 6) with the greatest magnitude of the block.
 */
final class NvFp4 implements BlockFormat {
  static final int LAYER_BITS = 32;
  private static final int VALUES = 16;
  private static final float GREATEST_SCALE = 448;

  private final float global;

  /** The format for a layer. */
  NvFp4(Layer layer) {
    float[] weights = layer.weights();
    float amax = greatest(weights, 0, weights.length);
    // No weights at all, or so small that the factor has no place in binary32.
    global = amax == 0 ? 1 : Math.min(Float.MAX_VALUE, GREATEST_SCALE * Float4.GREATEST / amax);
  }

  private static float greatest(float[] values, int from, int count) {
    float greatest = 0;
    for (int i = from; i < from + count; i++) {
      greatest = Math.max(greatest, Math.abs(values[i]));
    }
    return greatest;
  }

  @Override
  public int blockSize() {
    return VALUES;
  }

  @Override
  public int blockBytes() {
    return 1 + VALUES / 2;
  }

  @Override
  public void quantize(float[] values, int from, float[] decoded) {
    float wanted = Math.min(GREATEST_SCALE, global * greatest(values, from, VALUES) / Float4.GREATEST);
    float scale = Float8.e4m3ToFloat(Float8.floatToE4m3(wanted)) / global;
    for (int i = from; i < from + VALUES; i++) {
      float value = scale == 0 ? 0 : Float4.nearest(values[i] / scale) * scale;
      decoded[i] = Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
    }
  }
}
