package llm265.runtime.transform;

import java.util.SplittableRandom;

/** Rows of random channels. */
final class RandomRows {
  private RandomRows() {}

  static float[] gauss(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Channels that are mixtures of fewer and fewer sources, with means of their own. */
  static float[] correlated(int tokens, int channels, long seed) {
    float[] sources = gauss(tokens * channels, seed);
    float[] mix = gauss(channels * channels, 99);
    float[] rows = new float[tokens * channels];
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < channels; i++) {
        double sum = 1 + i % 3;
        for (int j = 0; j < channels; j++) {
          sum += mix[i * channels + j] * sources[token * channels + j] * StrictMath.pow(0.7, j);
        }
        rows[token * channels + i] = (float) sum;
      }
    }
    return rows;
  }
}
