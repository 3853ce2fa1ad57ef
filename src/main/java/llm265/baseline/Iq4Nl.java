package llm265.baseline;

/**
 * IQ4_NL of GGUF: blocks of 32 values, each a binary16 scale times one of 16 integers of a table that is denser around 0.
 *
 * <p>The scale is searched for as ggml does it. Each of 16 scales assigns integers to the values; the least-squares scale for
 * these integers, with squared values as weights, is the sum of w x q over that of w q q; the one that explains most is kept.
 */
final class Iq4Nl implements BlockFormat {
  private static final int VALUES = 32;
  private static final int TRIES = 7;
  private static final int LEAST = -127;
  private static final Codebook TABLE =
      new Codebook(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

  @Override
  public int blockSize() {
    return VALUES;
  }

  @Override
  public int blockBytes() {
    return 2 + VALUES / 2;
  }

  @Override
  public void quantize(float[] values, int from, float[] decoded) {
    float extreme = 0;
    for (int i = from; i < from + VALUES; i++) {
      if (Math.abs(values[i]) > Math.abs(extreme)) {
        extreme = values[i];
      }
    }
    float scale = extreme == 0 ? 0 : search(values, from, extreme);
    float stored = StoredScale.half(scale);
    for (int i = from; i < from + VALUES; i++) {
      decoded[i] = stored == 0 ? 0 : TABLE.nearest(values[i] / scale) * stored;
    }
  }

  private static float search(float[] values, int from, float extreme) {
    double best = 0;
    double explained = -1;
    for (int attempt = -TRIES - 1; attempt <= TRIES; attempt++) {
      // The first one maps the extreme to the other end of the table.
      float inverse = (attempt < -TRIES ? -LEAST : LEAST + attempt) / extreme;
      double cross = 0;
      double square = 0;
      for (int i = from; i < from + VALUES; i++) {
        double value = values[i] / extreme;
        double q = TABLE.nearest(values[i] * inverse);
        cross += value * value * q * value;
        square += value * value * q * q;
      }
      if (square > 0 && cross * cross > explained * square) {
        best = cross / square;
        explained = cross * cross / square;
      }
    }
    return (float) (best * extreme);
  }
}
