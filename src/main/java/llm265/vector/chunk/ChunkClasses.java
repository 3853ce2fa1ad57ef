package llm265.vector.chunk;

import java.util.Arrays;
import llm265.trinity.ChunkKernels;

/** Finds steps whose values are of one class. */
final class ChunkClasses {
  private static final int LANES = ChunkKernels.LANES;

  private ChunkClasses() {}

  /** The number of steps from {@code at} on of one and the same class, {@code most} at most; negative of steps of several. */
  static int run(byte[] classes, int at, int most) {
    boolean uniform = isUniform(classes, at, at + LANES);
    int steps = 1;
    while (steps < most) {
      int i = at + steps * LANES;
      if (isUniform(classes, i, i + LANES) != uniform || uniform && classes[i] != classes[at]) {
        break;
      }
      steps++;
    }
    return uniform ? steps : -steps;
  }

  /** Whether values are all of one class. */
  static boolean isUniform(byte[] classes, int from, int to) {
    // No byte differs from the one before it.
    return to - from < 2 || Arrays.equals(classes, from, to - 1, classes, from + 1, to);
  }
}
