package llm265.tensor;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * The values of a tile that are kept exactly, apart from the picture: those too far out for eight bits, and NaN and infinities.
 *
 * <p>Positions are sample positions in the tile's raster ({@code y * tileWidth + x}), ascending. Gaps between positions, and exponents,
 * which are few and near to each other, are coded with Golomb-Rice codes whose parameters are chosen exactly; signs and
 * mantissas follow as they are.
 */
final class OutlierList {
  static final OutlierList EMPTY = new OutlierList(0);

  /** Rice parameters of gaps, 5 bits, and of exponents, 3 bits, share a byte. */
  private static final int MAX_GAP_PARAMETER = 24;

  private static final int MAX_EXPONENT_PARAMETER = 7;

  private int[] positions;
  private int[] bits;
  private int size;

  /** An empty list with room for some outliers; it grows. */
  OutlierList(int capacity) {
    positions = new int[capacity];
    bits = new int[capacity];
  }

  int size() {
    return size;
  }

  int position(int i) {
    return positions[i];
  }

  /** Bit pattern of the value in the tensor's own type, in the low bits. */
  int bits(int i) {
    return bits[i];
  }

  /** Adds an outlier behind all others. */
  void add(int position, int bitPattern) {
    if (size > 0 && position <= positions[size - 1]) {
      throw new IllegalArgumentException("position " + position + " after " + positions[size - 1]);
    }
    if (size == positions.length) {
      int capacity = Math.max(16, 2 * size);
      positions = Arrays.copyOf(positions, capacity);
      bits = Arrays.copyOf(bits, capacity);
    }
    positions[size] = position;
    bits[size] = bitPattern;
    size++;
  }

  /** Writes {@code outlier_count} and, if it is not 0, parameters, least exponent and the outliers. */
  void write(PayloadWriter out, ElementType type) {
    out.varint(size);
    if (size == 0) {
      return;
    }
    int least = type.greatestExponent();
    for (int i = 0; i < size; i++) {
      least = Math.min(least, type.exponent(bits[i]));
    }
    int base = least;
    int gapParameter = bestParameter(this::gap, MAX_GAP_PARAMETER);
    int exponentParameter = bestParameter(i -> type.exponent(bits[i]) - base, MAX_EXPONENT_PARAMETER);
    out.u8(gapParameter << 3 | exponentParameter);
    out.u8(base);
    BitTarget target = new BitTarget(out);
    for (int i = 0; i < size; i++) {
      target.rice(gap(i), gapParameter);
      target.bits(bits[i] >>> (type.dtype().bits() - 1), 1);
      target.rice(type.exponent(bits[i]) - base, exponentParameter);
      target.bits(bits[i], type.mantissaBits());
    }
    target.align();
  }

  private int gap(int i) {
    return positions[i] - (i == 0 ? 0 : positions[i - 1] + 1);
  }

  private int bestParameter(IntUnaryOperator number, int greatest) {
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

  /**
   * Reads a list.
   *
   * @param framing where values may lie; a position in the padding is malformed
   */
  static OutlierList read(PayloadReader in, ElementType type, TensorFraming framing, TensorFraming.Tile tile) {
    int count = in.varint("outlier_count", framing.valuesIn(tile));
    if (count == 0) {
      return EMPTY;
    }
    // Each outlier takes a bit for gap, sign and exponent at least: a count that the section cannot hold allocates nothing.
    if ((long) count * (type.mantissaBits() + 3) > 8L * in.remaining()) {
      throw PayloadReader.malformed("outlier_count", count + " outliers do not fit into the section");
    }
    int parameters = in.u8("rice_parameters");
    if (parameters >>> 3 > MAX_GAP_PARAMETER) {
      throw PayloadReader.malformed("rice_parameters", (parameters >>> 3) + " is greater than " + MAX_GAP_PARAMETER);
    }
    int base = in.u8("least_exponent");
    OutlierList list = new OutlierList(count);
    list.readOutliers(in, type, count, parameters, base, framing, tile);
    return list;
  }

  private void readOutliers(PayloadReader in, ElementType type, int count, int parameters, int base,
      TensorFraming framing, TensorFraming.Tile tile) {
    BitSource source = new BitSource(in);
    int samples = framing.tileWidth() * framing.tileHeight();
    int position = -1;
    for (int i = 0; i < count; i++) {
      position += 1 + source.rice(parameters >>> 3, samples - position - 2, "outlier_gap");
      int y = position / framing.tileWidth();
      if (position % framing.tileWidth() >= framing.valuesInRow(tile, y)) {
        throw PayloadReader.malformed("outlier_gap", "points into the padding");
      }
      positions[i] = position;
      int sign = source.bits(1);
      int exponent = base + source.rice(parameters & 7, type.greatestExponent() - base, "outlier_exponent");
      int mantissa = source.bits(type.mantissaBits());
      bits[i] = sign << (type.dtype().bits() - 1) | exponent << type.mantissaBits() | mantissa;
    }
    size = count;
    if (source.rest() != 0) {
      throw PayloadReader.malformed("outlier_mantissa", "is followed by bits that are not zero");
    }
  }

  /** Bits into bytes, most significant first. */
  private static final class BitTarget {
    private final PayloadWriter out;
    private int pending;
    private int count;

    BitTarget(PayloadWriter out) {
      this.out = out;
    }

    void bits(int value, int width) {
      for (int bit = width - 1; bit >= 0; bit--) {
        pending = pending << 1 | value >>> bit & 1;
        if (++count == 8) {
          out.u8(pending);
          pending = 0;
          count = 0;
        }
      }
    }

    /** The quotient by 2^parameter in ones, a zero, the remainder. */
    void rice(int number, int parameter) {
      for (int ones = number >>> parameter; ones > 0; ones--) {
        bits(1, 1);
      }
      bits(0, 1);
      bits(number, parameter);
    }

    /** Zeros to the byte's end. */
    void align() {
      bits(0, count == 0 ? 0 : 8 - count);
    }
  }

  /** The bits of a reader, most significant first. */
  private static final class BitSource {
    private final PayloadReader in;
    private int current;
    private int left;

    BitSource(PayloadReader in) {
      this.in = in;
    }

    int bits(int width) {
      int value = 0;
      for (int i = 0; i < width; i++) {
        if (left == 0) {
          current = in.u8("outlier");
          left = 8;
        }
        left--;
        value = value << 1 | current >>> left & 1;
      }
      return value;
    }

    /** A Golomb-Rice code of a number of at most {@code greatest}. */
    int rice(int parameter, int greatest, String field) {
      long number = 0;
      while (number << parameter <= greatest && bits(1) == 1) {
        number++;
      }
      number = number << parameter <= greatest ? number << parameter | bits(parameter) : Long.MAX_VALUE;
      if (number > greatest) {
        throw PayloadReader.malformed(field, "is greater than " + greatest);
      }
      return (int) number;
    }

    /** What is left of the current byte. */
    int rest() {
      return current & ((1 << left) - 1);
    }
  }
}
