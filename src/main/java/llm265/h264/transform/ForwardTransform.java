package llm265.h264.transform;

/**
 * The encoder's transforms: W = T X Tt with integer matrices whose rows are multiples of the basis functions of 8.5.12.2 and
 * 8.5.13.2. They are exact and round nothing. {@link Quantization} contains the norms.
 */
public final class ForwardTransform {
  private ForwardTransform() {}

  /**
   * 4x4: the rows of T are (1 1 1 1), (2 1 -1 -2), (1 -1 -1 1), (1 -2 2 -1).
   *
   * @param residual source minus prediction; the block begins at {@code residualOff}, its rows are {@code stride} apart
   * @param coefficients receives 16 elements at {@code coefficientsOff}, at 4 * row + column
   */
  public static void forward4x4(
      int[] residual, int residualOff, int stride, int[] coefficients, int coefficientsOff) {
    for (int i = 0; i < 4; i++) {
      transform4(residual, residualOff + i * stride, 1, coefficients, coefficientsOff + 4 * i, 1);
    }
    for (int j = 0; j < 4; j++) {
      transform4(coefficients, coefficientsOff + j, 4, coefficients, coefficientsOff + j, 4);
    }
  }

  /**
   * 8x8: the rows of T are 8 times the inverse transform's basis vectors, such as (12 10 6 3 -3 -6 -10 -12), so that their
   * quarters and eighths need no rounding. W is 64 times what encoders usually compute with shifts.
   *
   * @param residual source minus prediction; the block begins at {@code residualOff}, its rows are {@code stride} apart
   * @param coefficients receives 64 elements at {@code coefficientsOff}, at 8 * row + column; up to 2^12 times the residual
   */
  public static void forward8x8(
      int[] residual, int residualOff, int stride, int[] coefficients, int coefficientsOff) {
    for (int i = 0; i < 8; i++) {
      transform8(residual, residualOff + i * stride, 1, coefficients, coefficientsOff + 8 * i, 1);
    }
    for (int j = 0; j < 8; j++) {
      transform8(coefficients, coefficientsOff + j, 8, coefficients, coefficientsOff + j, 8);
    }
  }

  private static void transform4(int[] in, int inOff, int inStep, int[] out, int outOff, int outStep) {
    int x0 = in[inOff];
    int x1 = in[inOff + inStep];
    int x2 = in[inOff + 2 * inStep];
    int x3 = in[inOff + 3 * inStep];
    int sum03 = x0 + x3;
    int sum12 = x1 + x2;
    int difference03 = x0 - x3;
    int difference12 = x1 - x2;
    out[outOff] = sum03 + sum12;
    out[outOff + outStep] = 2 * difference03 + difference12;
    out[outOff + 2 * outStep] = sum03 - sum12;
    out[outOff + 3 * outStep] = difference03 - 2 * difference12;
  }

  private static void transform8(int[] in, int inOff, int inStep, int[] out, int outOff, int outStep) {
    int x0 = in[inOff];
    int x1 = in[inOff + inStep];
    int x2 = in[inOff + 2 * inStep];
    int x3 = in[inOff + 3 * inStep];
    int x4 = in[inOff + 4 * inStep];
    int x5 = in[inOff + 5 * inStep];
    int x6 = in[inOff + 6 * inStep];
    int x7 = in[inOff + 7 * inStep];
    int even0 = x0 + x7 + (x3 + x4);
    int even1 = x0 + x7 - (x3 + x4);
    int even2 = x1 + x6 + (x2 + x5);
    int even3 = x1 + x6 - (x2 + x5);
    int d0 = x0 - x7;
    int d1 = x1 - x6;
    int d2 = x2 - x5;
    int d3 = x3 - x4;
    out[outOff] = 8 * (even0 + even2);
    out[outOff + outStep] = 12 * d0 + 10 * d1 + 6 * d2 + 3 * d3;
    out[outOff + 2 * outStep] = 8 * even1 + 4 * even3;
    out[outOff + 3 * outStep] = 10 * d0 - 3 * d1 - 12 * d2 - 6 * d3;
    out[outOff + 4 * outStep] = 8 * (even0 - even2);
    out[outOff + 5 * outStep] = 6 * d0 - 12 * d1 + 3 * d2 + 10 * d3;
    out[outOff + 6 * outStep] = 4 * even1 - 8 * even3;
    out[outOff + 7 * outStep] = 3 * d0 - 6 * d1 + 10 * d2 - 12 * d3;
  }
}
