package llm265.tensor;

/** The reference for {@link TensorKernels}. */
public final class ScalarTensorKernels implements TensorKernels {
  /** 1.5 * 2^23: adding and taking it away rounds a binary32 below 2^22 to an integer, ties to even. */
  private static final float ROUNDER = 12_582_912f;

  @Override
  public int moments(float[] values, int offset, int count, double centre, double[] sums, float[] range) {
    int notFinite = 0;
    float least = range[0];
    float greatest = range[1];
    for (int i = 0; i < count; i++) {
      float value = values[offset + i];
      if (!(Math.abs(value) <= Float.MAX_VALUE)) {
        notFinite++;
        continue;
      }
      int lane = i % LANES;
      double deviation = value - centre;
      sums[lane] += deviation;
      sums[LANES + lane] += deviation * deviation;
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    range[0] = least;
    range[1] = greatest;
    return notFinite;
  }

  @Override
  public int quantize(float[] values, int offset, int count, float centre, float inverseScale, float bound,
      short[] samples, int samplesOffset) {
    int outliers = 0;
    for (int i = 0; i < count; i++) {
      float level = (values[offset + i] - centre) * inverseScale;
      if (Math.abs(level) < bound) {
        samples[samplesOffset + i] = (short) (128 + (int) ((level + ROUNDER) - ROUNDER));
      } else {
        samples[samplesOffset + i] = 128;
        outliers++;
      }
    }
    return outliers;
  }

  @Override
  public void dequantize(short[] samples, int samplesOffset, int count, float offset, float step,
      float[] values, int valuesOffset) {
    for (int i = 0; i < count; i++) {
      values[valuesOffset + i] = offset + step * (samples[samplesOffset + i] - 128);
    }
  }

  @Override
  public void regression(float[] values, int offset, int count, double centre, short[] samples, int samplesOffset,
      double[] sums, long[] levelSums) {
    long sum = 0;
    long squares = 0;
    for (int i = 0; i < count; i++) {
      int lane = i % LANES;
      int level = samples[samplesOffset + i] - 128;
      double deviation = values[offset + i] - centre;
      sums[lane] += deviation;
      sums[LANES + lane] += deviation * level;
      sum += level;
      squares += level * level;
    }
    levelSums[0] += sum;
    levelSums[1] += squares;
  }

  @Override
  public void negate(int[] values, byte[] signs, int signsOffset, int[] result) {
    for (int i = 0; i < 256; i++) {
      int sign = signs[signsOffset + i];
      result[i] = (values[i] ^ sign) - sign;
    }
  }

  @Override
  public int levelCost(
      int[] coefficients, int count, float[] scale, float rounding, float unit, int[] costs, int last) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      float magnitude = Math.abs(coefficients[i]) * scale[i & 15];
      int level = (int) (magnitude + rounding);
      float error = magnitude - level;
      sum += (int) (error * error * unit) + costs[Math.min(level, last)];
    }
    return sum;
  }

  @Override
  public void squaredError(float[] a, int aOffset, float[] b, int bOffset, int count, double[] sums) {
    for (int i = 0; i < count; i++) {
      double difference = (double) a[aOffset + i] - b[bOffset + i];
      sums[i % LANES] += difference * difference;
    }
  }
}
