package llm265.baseline;

import java.util.Arrays;

/**
 * IQ4_NL of GGUF: blocks of 32 values, each a binary16 scale times one of 16 integers of a table that is denser around 0.
 *
 * <p>The scale is that of {@link ScaleSearch}, with squared values as weights, or w = importance * sqrt(2 mean(x x) + x x).
 */
final class Iq4Nl implements SearchedFormat {
  private static final int VALUES = 32;
  private static final int TRIES = 7;
  private static final Codebook TABLE =
      new Codebook(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
  private static final float[] ENDS = ends();

  private static float[] ends() {
    float[] ends = Arrays.copyOf(ScaleSearch.ends(-127, TRIES, 1), 2 * TRIES + 2);
    // The other end of the table.
    ends[ends.length - 1] = 127;
    return ends;
  }

  @Override
  public int blockSize() {
    return VALUES;
  }

  @Override
  public int blockBytes() {
    return 2 + VALUES / 2;
  }

  @Override
  public void quantize(float[] values, int from, double[] importance, float[] decoded) {
    double[] weights = importance == null
        ? ScaleSearch.squares(values, from, VALUES)
        : ScaleSearch.important(values, from, importance, 0, VALUES, 2 * ScaleSearch.meanSquare(values, from, VALUES));
    float scale = ScaleSearch.scale(values, from, weights, ENDS, TABLE::nearest);
    float stored = StoredScale.half(scale);
    for (int i = from; i < from + VALUES; i++) {
      decoded[i] = stored == 0 ? 0 : TABLE.nearest(values[i] / scale) * stored;
    }
  }
}
