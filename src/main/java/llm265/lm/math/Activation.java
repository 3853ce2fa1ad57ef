package llm265.lm.math;

/**
 * The activation functions of feed-forward layers.
 *
 * <p>The error function and the hyperbolic tangent are quotients of polynomials, those of the library Eigen for binary32; they
 * are off by some units in the last place. Loops are so plain that C2 makes vectors of them.
 */
public enum Activation {
  RELU {
    @Override
    public void apply(float[] x, int from, int count) {
      for (int i = from; i < from + count; i++) {
        x[i] = Math.max(0, x[i]);
      }
    }
  },
  /** {@code x / (1 + e^-x)}. */
  SILU {
    @Override
    public void apply(float[] x, int from, int count) {
      float[] exponentials = new float[Math.min(CHUNK, count)];
      for (int at = from; at < from + count; at += CHUNK) {
        int size = Math.min(CHUNK, from + count - at);
        for (int i = 0; i < size; i++) {
          exponentials[i] = -x[at + i];
        }
        MatrixKernels.ACTIVE.exponentials(exponentials, 0, size);
        for (int i = 0; i < size; i++) {
          x[at + i] = x[at + i] / (1 + exponentials[i]);
        }
      }
    }
  },
  /** {@code x / 2 * (1 + erf(x / sqrt 2))}. */
  GELU {
    @Override
    public void apply(float[] x, int from, int count) {
      for (int i = from; i < from + count; i++) {
        x[i] = 0.5f * x[i] * (1 + erf(x[i] * INVERSE_ROOT_2));
      }
    }
  },
  /** {@code x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))}. */
  GELU_TANH {
    @Override
    public void apply(float[] x, int from, int count) {
      for (int i = from; i < from + count; i++) {
        float y = x[i];
        x[i] = 0.5f * y * (1 + tanh(ROOT_2_OVER_PI * (y + 0.044715f * y * y * y)));
      }
    }
  },
  TANH {
    @Override
    public void apply(float[] x, int from, int count) {
      for (int i = from; i < from + count; i++) {
        x[i] = tanh(x[i]);
      }
    }
  };

  private static final int CHUNK = 1024;
  private static final float INVERSE_ROOT_2 = 0.70710678f;
  private static final float ROOT_2_OVER_PI = 0.79788456f;

  /** From there on the functions are 1 in binary32. */
  private static final float GREATEST_ERF = 4;
  private static final float GREATEST_TANH = 7.90531110f;

  /** Replaces {@code count} values by the function of them. */
  public abstract void apply(float[] x, int from, int count);

  private static float erf(float value) {
    float x = Math.max(-GREATEST_ERF, Math.min(GREATEST_ERF, value));
    float s = x * x;
    float p = -2.72614225801306e-10f * s + 2.77068142495902e-08f;
    p = p * s - 2.10102402082508e-06f;
    p = p * s - 5.69250639462346e-05f;
    p = p * s - 7.34990630326855e-04f;
    p = p * s - 2.95459980854025e-03f;
    p = p * s - 1.60960333262415e-02f;
    float q = -1.45660718464996e-05f * s - 2.13374055278905e-04f;
    q = q * s - 1.68282697438203e-03f;
    q = q * s - 7.37332916720468e-03f;
    q = q * s - 1.42647390514189e-02f;
    return x * p / q;
  }

  private static float tanh(float value) {
    float x = Math.max(-GREATEST_TANH, Math.min(GREATEST_TANH, value));
    float s = x * x;
    float p = -2.76076847742355e-16f * s + 2.00018790482477e-13f;
    p = p * s - 8.60467152213735e-11f;
    p = p * s + 5.12229709037114e-08f;
    p = p * s + 1.48572235717979e-05f;
    p = p * s + 6.37261928875436e-04f;
    p = p * s + 4.89352455891786e-03f;
    float q = 1.19825839466702e-06f * s + 1.18534705686654e-04f;
    q = q * s + 2.26843463243900e-03f;
    q = q * s + 4.89352518554385e-03f;
    return x * p / q;
  }
}
