package llm265.baseline;

/**
 * |e|^2.4, by which GPTQ and QuaRot choose how far to clip a range. As |e|^2.4 = (e^2)^1.2, a table for the exponent of e^2 and
 * one for its mantissa do, with relative errors below 1e-8.
 */
final class ClipError {
  private static final double POWER = 1.2;
  private static final int INDEX_BITS = 12;
  private static final int MANTISSA_BITS = 52;
  private static final int BIAS = 1023;
  private static final double[] OF_EXPONENT = new double[2 * BIAS + 2];
  private static final double[] OF_MANTISSA = new double[(1 << INDEX_BITS) + 1];

  static {
    for (int i = 1; i < OF_EXPONENT.length; i++) {
      OF_EXPONENT[i] = StrictMath.pow(2, POWER * (i - BIAS));
    }
    for (int i = 0; i < OF_MANTISSA.length; i++) {
      OF_MANTISSA[i] = StrictMath.pow(1 + (double) i / (1 << INDEX_BITS), POWER);
    }
  }

  private ClipError() {}

  static double of(float error) {
    long bits = Double.doubleToRawLongBits((double) error * error);
    int exponent = (int) (bits >>> MANTISSA_BITS);
    int rest = MANTISSA_BITS - INDEX_BITS;
    int index = (int) (bits >>> rest) & ((1 << INDEX_BITS) - 1);
    double fraction = (bits & ((1L << rest) - 1)) * (1.0 / (1L << rest));
    double low = OF_MANTISSA[index];
    return OF_EXPONENT[exponent] * (low + fraction * (OF_MANTISSA[index + 1] - low));
  }
}
