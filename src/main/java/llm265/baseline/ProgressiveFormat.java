package llm265.baseline;

/**
 * QServe's progressive groups (Lin et al., arXiv 2405.04532): a row has 8-bit integers and a binary16 scale s1, and groups of
 * these integers have unsigned 4-bit codes, an 8-bit integer scale s2 and a 4-bit zero: w = s1 s2 (q - z).
 *
 * <p>The integers are limited to +-119. So s2 (q - z), with s2 up to 16, never leaves 8 bits. Codes come from the weights in one
 * rounding, not from integers that were rounded before: the format is the same and the error smaller.
 *
 * @param group weights in a group
 */
record ProgressiveFormat(int group) implements GroupFormat {
  private static final int PROTECTED = 119;
  private static final int STEPS = 15;
  private static final int CODE_BITS = 4;
  private static final int GROUP_BITS = 8 + 4;
  private static final int ROW_BITS = 16;

  @Override
  public int groupSize(int in) {
    return Math.min(group, in);
  }

  @Override
  public long bits(int out, int in) {
    long groups = (long) out * groups(in);
    return StoredScale.packed((long) out * in, CODE_BITS) + StoredScale.packed(groups, GROUP_BITS) + (long) out * ROW_BITS;
  }

  @Override
  public String describe() {
    return "4 bits in groups of " + group + " with integer scales, on 8-bit rows within +-119 with fp16 scales";
  }

  @Override
  public float rowScale(float[] weights, int from, int in) {
    float amax = 0;
    for (int i = from; i < from + in; i++) {
      amax = Math.max(amax, Math.abs(weights[i]));
    }
    return StoredScale.half(amax / PROTECTED);
  }

  @Override
  public void fit(float[] weights, int from, int count, float rowScale, Grid grid) {
    int least = 0;
    int greatest = 0;
    for (int i = from; i < from + count && rowScale > 0; i++) {
      int integer = (int) Math.clamp(Math.rint(weights[i] / rowScale), -PROTECTED, PROTECTED);
      least = Math.min(least, integer);
      greatest = Math.max(greatest, integer);
    }
    int scale = Math.max(1, (int) Math.rint((double) (greatest - least) / STEPS));
    int zero = (int) Math.clamp(Math.rint((double) -least / scale), 0, STEPS);
    grid.set(rowScale * scale, -zero, STEPS);
  }
}
