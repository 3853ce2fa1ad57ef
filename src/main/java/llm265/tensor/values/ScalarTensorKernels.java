package llm265.tensor.values;

/** The reference for {@link TensorKernels}. */
public final class ScalarTensorKernels implements TensorKernels {
  /** 1.5 * 2^23: adding and then subtracting it rounds a binary32 below 2^22 to an integer, ties to even. */
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
      int middle, short[] samples, int samplesOffset) {
    int outliers = 0;
    for (int i = 0; i < count; i++) {
      float level = (values[offset + i] - centre) * inverseScale;
      if (Math.abs(level) < bound) {
        samples[samplesOffset + i] = (short) (middle + (int) ((level + ROUNDER) - ROUNDER));
      } else {
        samples[samplesOffset + i] = (short) middle;
        outliers++;
      }
    }
    return outliers;
  }

  @Override
  public void dequantize(float[] levels, int levelsOffset, int count, float offset, float step,
      float[] values, int valuesOffset) {
    for (int i = 0; i < count; i++) {
      values[valuesOffset + i] = offset + step * levels[levelsOffset + i];
    }
  }

  @Override
  public void regression(
      float[] values, int offset, int count, double centre, float[] levels, int levelsOffset, double[] sums) {
    for (int i = 0; i < count; i++) {
      int lane = i % LANES;
      double level = levels[levelsOffset + i];
      double deviation = values[offset + i] - centre;
      sums[lane] += deviation;
      sums[LANES + lane] += deviation * level;
      sums[2 * LANES + lane] += level;
      sums[3 * LANES + lane] += level * level;
    }
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
      int[] coefficients, int from, int count, float[] scale, float rounding, float unit, int[] costs, int last) {
    int sum = 0;
    for (int i = from; i < from + count; i++) {
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

  @Override
  public boolean squares(float[] values, int offset, int count, double centre, double bound, double[] columns, double[] sums) {
    boolean inside = true;
    for (int x = 0; x < count; x++) {
      inside &= Math.abs(values[offset + x] - centre) < bound;
    }
    for (int x = 0; inside && x < count; x++) {
      double deviation = values[offset + x] - centre;
      double square = deviation * deviation;
      columns[x] += square;
      sums[x % LANES] += square;
    }
    return inside;
  }

  @Override
  public void bins(float[] values, int offset, int count, float centre, int shift, int[] bins) {
    for (int i = 0; i < count; i++) {
      bins[i] = Float.floatToRawIntBits(values[offset + i] - centre) >>> shift;
    }
  }

  @Override
  public void levels(short[] samples, int from, int count, int middle, float[] levels) {
    for (int x = 0; x < count; x++) {
      levels[x] = samples[from + x] - middle;
    }
  }

  @Override
  public void bytes(short[] samples, int from, int count, byte[] bytes) {
    for (int x = 0; x < count; x++) {
      bytes[x] = (byte) samples[from + x];
    }
  }
}
