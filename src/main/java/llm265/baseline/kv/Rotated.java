package llm265.baseline.kv;

import llm265.numeric.HadamardRotation;

/**
 * Rotates each head by a randomized Hadamard matrix before other coding, and back behind it. In a model it is queries that are
 * rotated instead, and the output's matrix, which comes to the same. Rotations cost no bits: a seed makes them.
 */
record Rotated(TokenCoder inner, HadamardRotation rotation, int width) implements TokenCoder {
  private static final long SEED = 0;

  Rotated(TokenCoder inner, KvShape shape) {
    this(inner, new HadamardRotation(shape.headSize(), SEED), shape.width());
  }

  @Override
  public long code(float[] rows, int at, int tokens, int position) {
    int end = at + tokens * width;
    rotation.apply(rows, at, end);
    long bits = inner.code(rows, at, tokens, position);
    rotation.invert(rows, at, end);
    return bits;
  }
}
