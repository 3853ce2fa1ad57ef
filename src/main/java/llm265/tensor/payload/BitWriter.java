package llm265.tensor.payload;

import java.util.function.IntUnaryOperator;

/** Writes bits into bytes, most significant first. */
public final class BitWriter {
  private final PayloadWriter out;
  private int pending;
  private int count;

  public BitWriter(PayloadWriter out) {
    this.out = out;
  }

  public void bits(int value, int width) {
    for (int bit = width - 1; bit >= 0; bit--) {
      pending = (pending << 1) | (value >>> bit) & 1;
      if (++count == 8) {
        out.u8(pending);
        pending = 0;
        count = 0;
      }
    }
  }

  /** Writes the {@code width} low bits, at most 64. */
  public void longBits(long value, int width) {
    bits((int) (value >>> Integer.SIZE), Math.max(0, width - Integer.SIZE));
    bits((int) value, Math.min(width, Integer.SIZE));
  }

  /** R(parameter): the quotient by 2^parameter in ones, a zero, the remainder. */
  public void rice(int number, int parameter) {
    for (int ones = number >>> parameter; ones > 0; ones--) {
      bits(1, 1);
    }
    bits(0, 1);
    bits(number, parameter);
  }

  /** Fills up the byte with zeros. */
  public void align() {
    bits(0, count == 0 ? 0 : 8 - count);
  }

  /** The number that is coded for one of either sign: 2 d for d of 0 and more, -2 d - 1 below. */
  private static int unsigned(int value) {
    return (value << 1) ^ (value >> 31);
  }

  /**
   * Numbers of either sign: the parameter with which they take the fewest bits as a byte, then their codes to a byte's end.
   *
   * @param greatest parameter
   */
  public static void signedRice(PayloadWriter out, int size, IntUnaryOperator value, int greatest) {
    int parameter = bestRiceParameter(size, i -> unsigned(value.applyAsInt(i)), greatest);
    out.u8(parameter);
    BitWriter bits = new BitWriter(out);
    for (int i = 0; i < size; i++) {
      bits.rice(unsigned(value.applyAsInt(i)), parameter);
    }
    bits.align();
  }

  /** The parameter with which the numbers take the fewest bits. */
  public static int bestRiceParameter(int size, IntUnaryOperator number, int greatest) {
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int parameter = 0; parameter <= greatest; parameter++) {
      long cost = (long) size * (parameter + 1);
      for (int i = 0; i < size; i++) {
        cost += number.applyAsInt(i) >>> parameter;
      }
      if (cost < least) {
        least = cost;
        best = parameter;
      }
    }
    return best;
  }
}
