package llm265.baseline.kv;

import llm265.baseline.StoredScale;

/**
 * Rounding of groups to {@code 2^bits} levels between their least and their greatest value: s = (max - min) / (2^bits - 1) and
 * min in binary16, x' = s q + min, as KIVI, QServe and QuaRot have it for caches. Scales are rounded before codes are chosen. A
 * group takes {@code bits} bits a value and 32.
 *
 * @param bits 1 to 8
 * @param group values of a token that share a scale; the last group of a token may be shorter
 * @param byChannel whether a group is a channel of {@code group} successive tokens instead
 * @param clip what least and greatest value are multiplied by before anything else: 1, or QuaRot's .95
 */
record RoundedGroups(int bits, int group, boolean byChannel, float clip, int width) implements TokenCoder {
  private static final int SCALE_BITS = 32;

  /** QuaRot's least range. */
  private static final float LEAST_RANGE = 1e-5f;

  @Override
  public long code(float[] rows, int at, int tokens, int position) {
    long groups = 0;
    if (byChannel) {
      for (int first = 0; first < tokens; first += group) {
        int count = Math.min(group, tokens - first);
        for (int channel = 0; channel < width; channel++) {
          round(rows, at + first * width + channel, count, width);
        }
        groups += width;
      }
    } else {
      for (int row = at; row < at + tokens * width; row += width) {
        for (int first = 0; first < width; first += group) {
          round(rows, row + first, Math.min(group, width - first), 1);
          groups++;
        }
      }
    }
    return (long) tokens * width * bits + groups * SCALE_BITS;
  }

  private void round(float[] rows, int at, int count, int stride) {
    float least = Float.POSITIVE_INFINITY;
    float greatest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      least = Math.min(least, rows[at + i * stride]);
      greatest = Math.max(greatest, rows[at + i * stride]);
    }
    least *= clip;
    greatest *= clip;
    int levels = (1 << bits) - 1;
    float stored = StoredScale.half(least);
    float scale = StoredScale.half(Math.max(greatest - least, LEAST_RANGE) / levels);
    for (int i = 0; i < count; i++) {
      int index = at + i * stride;
      // A scale that binary16 has no number for is that of values which are all the least one.
      float code = scale == 0 ? 0 : (float) Math.clamp(Math.rint((rows[index] - stored) / scale), 0, (double) levels);
      rows[index] = scale * code + stored;
    }
  }
}
