package llm265.tensor.tools;

import java.util.Arrays;
import llm265.h264.UnsupportedStreamException;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * What is subtracted from the patterns of values before their bits are kept. SPEC.md, "Predicted values".
 *
 * @param order how patterns become numbers without sign
 * @param lowBits number of low bits of a number that are neither predicted nor changed
 * @param bits number of bits above them that are predicted; those beyond are the same in all numbers
 * @param predictor how this part of a number is predicted from those before it
 * @param base what the first number of each tile is predicted to be; also has the bits that are the same in all
 * @param bias what is added to each difference, so that small ones of either sign have the same high bits
 * @param weights of {@link #NEIGHBOURS}, in units of 2^-{@link #WEIGHT_BITS}; empty unless the predictor has some
 */
public record Prediction(Order order, int lowBits, int bits, Predictor predictor, long base, long bias, short[] weights) {
  /** Neighbours that weights belong to, beside that on the left: columns to the right and rows up. */
  public static final int[][] NEIGHBOURS = {
    {0, 1}, {-1, 1}, {1, 1}, {-2, 0}, {0, 2}, {-1, 2}, {1, 2}, {-2, 1}, {2, 1}
  };

  /** Fraction bits of weights. */
  public static final int WEIGHT_BITS = 12;

  /** The most bits of a number for a predictor that reckons with fractions. */
  public static final int MOST_BITS_OF_FRACTIONS = 40;

  public Prediction {
    weights = weights.clone();
    if (weights.length != (predictor.isWeighted() ? NEIGHBOURS.length : 0)) {
      throw new IllegalArgumentException(weights.length + " weights for " + predictor);
    }
  }

  /** How patterns of w bits become numbers. */
  public enum Order {
    /** Patterns are numbers. */
    UNSIGNED,
    /** Two's complement: the sign bit is inverted. */
    SIGNED,
    /** Sign and magnitude: where the sign bit is 1, all bits are inverted; elsewhere the sign bit alone. */
    FLOAT,
    /** Magnitudes: the sign bit becomes the lowest. */
    MAGNITUDE;

    private static final Order[] ALL = values();

    /** The number of a pattern. */
    public long number(long pattern, int width) {
      long top = 1L << (width - 1);
      return switch (this) {
        case UNSIGNED -> pattern;
        case SIGNED -> pattern ^ top;
        case FLOAT -> pattern ^ ((pattern & top) != 0 ? -1L >>> (64 - width) : top);
        case MAGNITUDE -> ((pattern & (top - 1)) << 1) | (pattern >>> (width - 1));
      };
    }

    /** The pattern of a number. */
    long pattern(long number, int width) {
      long top = 1L << (width - 1);
      return switch (this) {
        case UNSIGNED -> number;
        case SIGNED -> number ^ top;
        case FLOAT -> number ^ ((number & top) != 0 ? top : -1L >>> (64 - width));
        case MAGNITUDE -> ((number >>> 1) & (top - 1)) | ((number & 1) << (width - 1));
      };
    }
  }

  @Override
  public short[] weights() {
    return weights.clone();
  }

  /** Bytes that a stream takes for it. */
  public int bytes(int width) {
    return 4 + 2 * (width / Byte.SIZE) + 2 * weights.length;
  }

  void write(PayloadWriter out, int width) {
    out.u8(order.ordinal());
    out.u8(lowBits);
    out.u8(bits);
    out.u8(predictor.code());
    PatternField.write(out, base, width);
    PatternField.write(out, bias, width);
    for (short weight : weights) {
      out.u8(weight);
      out.u8(weight >> 8);
    }
  }

  static Prediction read(PayloadReader in, int width) {
    int order = in.u8("value_order");
    int lowBits = in.u8("unpredicted_bits");
    int bits = in.u8("predicted_bits");
    int code = in.u8("predictor");
    Predictor predictor = Predictor.ofCode(code);
    if (order >= Order.ALL.length || predictor == null) {
      throw new UnsupportedStreamException("predictor", "SPEC.md, Predicted values", order + ", " + code + " is not known");
    }
    if (bits == 0 || lowBits + bits > width || predictor.hasFractions() && bits > MOST_BITS_OF_FRACTIONS) {
      throw PayloadReader.malformed("predicted_bits", bits + " above " + lowBits + " of " + width + " for " + predictor);
    }
    long base = PatternField.read(in, "base", width);
    long bias = PatternField.read(in, "bias", width);
    short[] weights = new short[predictor.isWeighted() ? NEIGHBOURS.length : 0];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (short) (in.u8("weight") | (in.u8("weight") << 8));
    }
    return new Prediction(Order.ALL[order], lowBits, bits, predictor, base, bias, weights);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Prediction that && order == that.order && lowBits == that.lowBits && bits == that.bits
        && predictor == that.predictor && base == that.base && bias == that.bias && Arrays.equals(weights, that.weights);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(base) * 31 + predictor.hashCode();
  }
}
