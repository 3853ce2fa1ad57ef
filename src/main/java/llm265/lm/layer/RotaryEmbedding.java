package llm265.lm.layer;

import java.util.Arrays;

/**
 * Rotary position embedding (Su et al., RoFormer, 2021) in the layout of Hugging Face's files: element i of a head is rotated
 * with element i + n/2, where the first n elements take part, by the position times the frequency of i.
 *
 * <p>Angles are made in binary32, as PyTorch makes them; sine and cosine are the exact ones of the angle, rounded.
 */
public final class RotaryEmbedding {
  private final float[] frequencies;
  /** Cosines and sines of the positions so far, each followed by those of the next position. */
  private volatile float[][] tables = new float[2][0];

  /** @param frequencies radians per position, for half of the elements that take part */
  public RotaryEmbedding(float... frequencies) {
    this.frequencies = frequencies.clone();
  }

  /** Radians per position, for half of the elements that take part. */
  public float[] frequencies() {
    return frequencies.clone();
  }

  /** Number of elements of a head that take part. */
  public int rotated() {
    return 2 * frequencies.length;
  }

  /**
   * Rotates vectors in place.
   *
   * @param x tokens of successive positions, each with {@code heads} heads of {@code headSize} floats
   * @param first position of the first token
   */
  public void apply(float[] x, int tokens, int heads, int headSize, int first) {
    float[][] both = tables(first + tokens);
    int half = frequencies.length;
    for (int token = 0; token < tokens; token++) {
      for (int head = 0; head < heads; head++) {
        rotate(x, (token * heads + head) * headSize, half, both[0], both[1], (first + token) * half);
      }
    }
  }

  private static void rotate(float[] x, int at, int half, float[] cosines, float[] sines, int table) {
    for (int i = 0; i < half; i++) {
      float a = x[at + i];
      float b = x[at + half + i];
      float cosine = cosines[table + i];
      float sine = sines[table + i];
      x[at + i] = a * cosine - b * sine;
      x[at + half + i] = b * cosine + a * sine;
    }
  }

  private float[][] tables(int positions) {
    float[][] present = tables;
    return present[0].length >= positions * frequencies.length ? present : extended(positions);
  }

  private synchronized float[][] extended(int positions) {
    float[][] present = tables;
    int half = frequencies.length;
    int done = half == 0 ? positions : present[0].length / half;
    if (done >= positions) {
      return present;
    }
    int size = Math.max(positions, 2 * done);
    float[][] larger = {
      Arrays.copyOf(present[0], size * half), Arrays.copyOf(present[1], size * half)
    };
    for (int position = done; position < size; position++) {
      for (int i = 0; i < half; i++) {
        float angle = position * frequencies[i];
        larger[0][position * half + i] = (float) StrictMath.cos(angle);
        larger[1][position * half + i] = (float) StrictMath.sin(angle);
      }
    }
    tables = larger;
    return larger;
  }
}
