package llm265.moments;

/** Sums of vectors that are parts of arrays. */
public final class Vectors {
  private Vectors() {}

  /** sum[a + j] += factor * vector[b + j] for j from 0 to {@code count - 1}. */
  public static void addScaled(double[] sum, int a, double[] vector, int b, int count, double factor) {
    for (int j = 0; j < count; j++) {
      sum[a + j] += factor * vector[b + j];
    }
  }
}
