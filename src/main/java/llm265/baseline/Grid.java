package llm265.baseline;

/**
 * The values that a group of weights can take: scale times an integer from {@code lowest} to {@code lowest + steps}. For a code q
 * and a zero z of {@link UniformFormat} the integer is q - z.
 */
final class Grid {
  float scale;
  int lowest;
  int steps;

  void set(float newScale, int newLowest, int newSteps) {
    scale = newScale;
    lowest = newLowest;
    steps = newSteps;
  }

  /** The value for a weight: rounds half to even, then clips. Exact in binary32, as scales have few bits. */
  float nearest(float weight) {
    if (scale == 0) {
      return 0;
    }
    // Integers have no negative zero.
    return scale * (float) Math.clamp(Math.rint(weight / scale), lowest, (double) lowest + steps) + 0f;
  }
}
