package llm265.baseline;

/**
 * Rounding to uniform grids: codes of {@code bits} bits, and for each group a binary16 scale, and a zero of {@code bits} bits if
 * the range is asymmetric. The scale is rounded to binary16 before any code is chosen.
 *
 * @param bits 2 to 8
 * @param group weights in a group, or 0 for one group a row
 * @param range how the grid follows from the least and the greatest weight
 * @param clipped whether ranges are shrunk: of 80 factors from 1 down to 0.21 the one with the least sum of |error|^2.4 is taken
 */
record UniformFormat(int bits, int group, Range range, boolean clipped) implements GroupFormat {
  private static final int CLIP_STEPS = 80;
  private static final float CLIP_STEP = 0.01f;
  private static final int SCALE_BITS = 16;

  /** How scale and zero follow from the least and the greatest weight of a group. */
  enum Range {
    /**
     * GPTQ, compressed-tensors: from least to greatest weight, 0 included; an integer zero. AWQ's range does not include 0 if
     * all weights of a group have one sign. Its zero is then clipped, and the weights with it; so AWQ has this range here.
     */
    ASYMMETRIC("asymmetric"),
    /** GPTQ, compressed-tensors: scale = 2 amax / (2^bits - 1), codes -2^(bits - 1) to 2^(bits - 1) - 1. */
    SYMMETRIC("symmetric"),
    /** QuaRot: scale = amax / (2^(bits - 1) - 1), the same codes. */
    SYMMETRIC_WIDE("symmetric (QuaRot's range)");

    private final String text;

    Range(String text) {
      this.text = text;
    }

    boolean hasZero() {
      return this == ASYMMETRIC;
    }
  }

  @Override
  public int groupSize(int in) {
    return group == 0 ? in : Math.min(group, in);
  }

  @Override
  public long bits(int out, int in) {
    long groups = (long) out * groups(in);
    long zeros = range.hasZero() ? StoredScale.packed(groups, bits) : 0;
    return StoredScale.packed((long) out * in, bits) + groups * SCALE_BITS + zeros;
  }

  @Override
  public String describe() {
    String groups = group == 0 ? "a group a row" : "groups of " + group;
    return bits + " bits " + range.text + ", " + groups + ", fp16 scales" + (clipped ? ", ranges clipped by |e|^2.4" : "");
  }

  @Override
  public void fit(float[] weights, int from, int count, float rowScale, Grid grid) {
    float least = 0;
    float greatest = 0;
    for (int i = from; i < from + count; i++) {
      least = Math.min(least, weights[i]);
      greatest = Math.max(greatest, weights[i]);
    }
    if (least == greatest) {
      least = -1;
      greatest = 1;
    }
    set(least, greatest, grid);
    if (clipped) {
      shrink(weights, from, count, least, greatest, grid);
    }
  }

  private void shrink(float[] weights, int from, int count, float least, float greatest, Grid grid) {
    double leastError = Double.POSITIVE_INFINITY;
    float best = 1;
    for (int step = 0; step < CLIP_STEPS; step++) {
      float factor = 1 - step * CLIP_STEP;
      set(factor * least, factor * greatest, grid);
      double error = 0;
      for (int i = from; i < from + count && error < leastError; i++) {
        error += ClipError.of(weights[i] - grid.nearest(weights[i]));
      }
      if (error < leastError) {
        leastError = error;
        best = factor;
      }
    }
    set(best * least, best * greatest, grid);
  }

  /** The grid for a range. */
  void set(float least, float greatest, Grid grid) {
    int steps = (1 << bits) - 1;
    int half = 1 << (bits - 1);
    float amax = Math.max(-least, greatest);
    switch (range) {
      case ASYMMETRIC -> asymmetric(least, (greatest - least) / steps, steps, grid);
      case SYMMETRIC -> grid.set(StoredScale.half(2 * amax / steps), -half, steps);
      case SYMMETRIC_WIDE -> grid.set(StoredScale.half(amax / (half - 1)), -half, steps);
    }
  }

  private static void asymmetric(float least, float scale, int steps, Grid grid) {
    float stored = StoredScale.half(scale);
    int zero = stored == 0 ? 0 : (int) Math.clamp(Math.rint(-least / stored), 0, steps);
    grid.set(stored, -zero, steps);
  }
}
