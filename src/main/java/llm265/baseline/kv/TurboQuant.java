package llm265.baseline.kv;

import llm265.baseline.StoredScale;
import llm265.numeric.HadamardRotation;

/**
 * TurboQuant (Zandieh et al., arXiv 2504.19874), the form for least squared error: of each head vector x the norm r in binary16,
 * and of u = sqrt(d) R x / r, R a randomized Hadamard rotation, the nearest of the {@code 2^bits} levels that are best for normal
 * values. The "product" form, with a bit for the residual's sign, is not here: those who built it found that it does harm.
 *
 * @param corrected whether the norm that is stored is the one with which the decoded vector has the exact norm (the variants
 *     "nc" of vLLM)
 */
record TurboQuant(int bits, boolean corrected, int headSize, HadamardRotation rotation, int width) implements TokenCoder {
  private static final long SEED = 0;
  private static final int NORM_BITS = 16;

  /** Lloyd's and Max's levels for N(0, 1), without their negatives. */
  private static final double[][] LEVELS = {
    {},
    {0.7978846},
    {0.4527800, 1.5104176},
    {0.2450942, 0.7560053, 1.3439093, 2.1519457},
    {0.1283950, 0.3880483, 0.6567591, 0.9423405, 1.2562312, 1.6180464, 2.0690173, 2.7326356}
  };

  /** Greatest number of bits that there are levels for. */
  static final int MOST_BITS = LEVELS.length - 1;

  TurboQuant(int bits, boolean corrected, KvShape shape) {
    this(bits, corrected, shape.headSize(), new HadamardRotation(shape.headSize(), SEED), shape.width());
  }

  @Override
  public long code(float[] rows, int at, int tokens, int position) {
    double[] head = new double[headSize];
    int end = at + tokens * width;
    for (int first = at; first < end; first += headSize) {
      codeHead(rows, first, head);
    }
    return (long) tokens * width * bits + (long) (end - at) / headSize * NORM_BITS;
  }

  private void codeHead(float[] rows, int first, double[] head) {
    double squares = 0;
    for (int i = 0; i < headSize; i++) {
      head[i] = rows[first + i];
      squares += head[i] * head[i];
    }
    double norm = Math.sqrt(squares);
    double factor = norm == 0 ? 0 : Math.sqrt(headSize) / norm;
    rotation.apply(head);
    double decoded = 0;
    for (int i = 0; i < headSize; i++) {
      head[i] = level(head[i] * factor);
      decoded += head[i] * head[i];
    }
    float stored = StoredScale.half((float) (corrected ? norm * Math.sqrt(headSize / decoded) : norm));
    rotation.invert(head);
    for (int i = 0; i < headSize; i++) {
      rows[first + i] = (float) (head[i] * stored / Math.sqrt(headSize)) + 0f;
    }
  }

  private double level(double value) {
    double[] levels = LEVELS[bits];
    double magnitude = Math.abs(value);
    int best = 0;
    while (best + 1 < levels.length && magnitude > (levels[best] + levels[best + 1]) / 2) {
      best++;
    }
    return value < 0 ? -levels[best] : levels[best];
  }
}
