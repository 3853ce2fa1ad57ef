package llm265.baseline;

import java.lang.foreign.MemorySegment;
import llm265.dtype.BlockEncoder;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;

/**
 * Q4_0, Q5_0 and Q8_0 of GGUF: blocks of 32 values, each a binary16 scale times an integer.
 *
 * <p>Q4_0 and Q5_0 map the value of greatest magnitude to the least integer, -8 or -16, whatever its sign is. Q8_0 maps the
 * greatest magnitude to 127. {@link BlockEncoder} writes them as ggml does.
 *
 * <p>With an importance matrix, the scale of Q4_0 and Q5_0 is that of {@link ScaleSearch}, with w = importance * sqrt(mean(x x) +
 * x x) as weights; the mean is the block's, while ggml takes the row's.
 */
public enum GgufRounded implements SearchedFormat {
  Q4_0(8),
  Q5_0(16),
  Q8_0(128);

  private static final int VALUES = 32;

  /** The least integer, negated. */
  private final int limit;
  private final DType type;
  private final float[] ends;

  GgufRounded(int limit) {
    this.limit = limit;
    type = DType.valueOf(name());
    ends = ScaleSearch.ends(-limit, 9, 0.1f);
  }

  @Override
  public int blockSize() {
    return VALUES;
  }

  @Override
  public int blockBytes() {
    return type.blockBytes();
  }

  @Override
  public void quantize(float[] values, int from, double[] importance, float[] decoded) {
    if (importance != null && this != Q8_0) {
      search(values, from, importance, decoded);
      return;
    }
    byte[] block = new byte[type.blockBytes()];
    BlockEncoder.write(type, values, from, VALUES, block, 0);
    ValueCodec.read(type, MemorySegment.ofArray(block), 0, decoded, from, VALUES);
    for (int i = from; i < from + VALUES; i++) {
      // No negative zeros.
      decoded[i] += 0f;
    }
  }

  private void search(float[] values, int from, double[] importance, float[] decoded) {
    float scale = searchedScale(values, from, importance);
    float stored = StoredScale.half(scale);
    float inverse = stored == 0 ? 0 : 1 / scale;
    for (int i = from; i < from + VALUES; i++) {
      decoded[i] = (float) integer(values[i] * inverse) * stored + 0f;
    }
  }

  private float searchedScale(float[] values, int from, double[] importance) {
    double base = ScaleSearch.meanSquare(values, from, VALUES);
    double[] weights = ScaleSearch.important(values, from, importance, 0, VALUES, base);
    return ScaleSearch.scale(values, from, weights, ends, this::integer);
  }

  private double integer(float scaled) {
    return Math.clamp(Math.floor(scaled + (limit + 0.5f)) - limit, -limit, limit - 1);
  }
}
