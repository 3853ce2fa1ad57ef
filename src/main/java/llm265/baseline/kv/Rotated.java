package llm265.baseline.kv;

import llm265.numeric.HadamardRotation;

/**
 * Rotates each head by a randomized Hadamard matrix before other coding, and back behind it. In a model it is queries that are
 * rotated instead, and the output's matrix, which comes to the same. Rotations cost no bits: a seed makes them.
 */
record Rotated(TokenCoder inner, int headSize, HadamardRotation rotation, int width) implements TokenCoder {
  private static final long SEED = 0;

  Rotated(TokenCoder inner, KvShape shape) {
    this(inner, shape.headSize(), new HadamardRotation(shape.headSize(), SEED), shape.width());
  }

  @Override
  public long code(float[] rows, int at, int tokens, int position) {
    rotate(rows, at, tokens, false);
    long bits = inner.code(rows, at, tokens, position);
    rotate(rows, at, tokens, true);
    return bits;
  }

  private void rotate(float[] rows, int at, int tokens, boolean back) {
    double[] head = new double[headSize];
    for (int first = at; first < at + tokens * width; first += headSize) {
      for (int i = 0; i < headSize; i++) {
        head[i] = rows[first + i];
      }
      if (back) {
        rotation.invert(head);
      } else {
        rotation.apply(head);
      }
      for (int i = 0; i < headSize; i++) {
        rows[first + i] = (float) head[i];
      }
    }
  }
}
