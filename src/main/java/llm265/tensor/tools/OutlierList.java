package llm265.tensor.tools;

import java.util.Arrays;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.BitReader;
import llm265.tensor.payload.BitWriter;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * The values of a tile that are kept exactly, apart from the picture: those too far out for eight bits, NaN and infinities.
 *
 * <p>Positions are sample positions in the tile's raster ({@code y * tileWidth + x}), ascending. The gaps between positions are
 * coded with Golomb-Rice codes whose parameter is chosen exactly. So are exponents, which are few and near to each other.
 * Signs and mantissas follow as they are.
 */
public final class OutlierList {
  static final OutlierList EMPTY = new OutlierList(0);

  /** The Rice parameters of gaps, 5 bits, and of exponents, 3 bits, share a byte. */
  private static final int MAX_GAP_PARAMETER = 24;

  private static final int MAX_EXPONENT_PARAMETER = 7;

  private int[] positions;
  private long[] bits;
  private int size;

  /** An empty list with room for a number of outliers; it grows. */
  public OutlierList(int capacity) {
    positions = new int[capacity];
    bits = new long[capacity];
  }

  public int size() {
    return size;
  }

  public int position(int i) {
    return positions[i];
  }

  /** Bit pattern of the value in the tensor's own type, in the low bits. */
  public long bits(int i) {
    return bits[i];
  }

  /** Adds an outlier after all others. */
  public void add(int position, long bitPattern) {
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
  public void write(PayloadWriter out, ElementType type) {
    out.varint(size);
    if (size == 0) {
      return;
    }
    int least = type.greatestExponent();
    for (int i = 0; i < size; i++) {
      least = Math.min(least, type.exponent(bits[i]));
    }
    int base = least;
    int gapParameter = BitWriter.bestRiceParameter(size, this::gap, MAX_GAP_PARAMETER);
    int exponentParameter =
        BitWriter.bestRiceParameter(size, i -> type.exponent(bits[i]) - base, MAX_EXPONENT_PARAMETER);
    out.u8((gapParameter << 3) | exponentParameter);
    if (type == ElementType.F64) {
      out.varint(base);
    } else {
      out.u8(base);
    }
    BitWriter target = new BitWriter(out);
    for (int i = 0; i < size; i++) {
      target.rice(gap(i), gapParameter);
      target.bits((int) (bits[i] >>> (type.dtype().bits() - 1)), 1);
      target.rice(type.exponent(bits[i]) - base, exponentParameter);
      target.longBits(bits[i], type.mantissaBits());
    }
    target.align();
  }

  private int gap(int i) {
    return positions[i] - (i == 0 ? 0 : positions[i - 1] + 1);
  }

  /**
   * Reads a list.
   *
   * @param framing where values may lie; a position in the padding is malformed
   */
  public static OutlierList read(PayloadReader in, ElementType type, TensorFraming framing, TensorFraming.Tile tile) {
    int count = in.varint("outlier_count", framing.valuesIn(tile));
    if (count == 0) {
      return EMPTY;
    }
    // Each outlier takes at least a bit for each of gap, sign and exponent: a count that the section cannot hold allocates
    // nothing.
    if ((long) count * (type.mantissaBits() + 3) > 8L * in.remaining()) {
      throw PayloadReader.malformed("outlier_count", count + " outliers do not fit into the section");
    }
    int parameters = in.u8("rice_parameters");
    if (parameters >>> 3 > MAX_GAP_PARAMETER) {
      throw PayloadReader.malformed("rice_parameters", (parameters >>> 3) + " is greater than " + MAX_GAP_PARAMETER);
    }
    int base = type == ElementType.F64 ? in.varint("least_exponent", type.greatestExponent()) : in.u8("least_exponent");
    OutlierList list = new OutlierList(count);
    list.readOutliers(in, type, count, parameters, base, framing, tile);
    return list;
  }

  private void readOutliers(PayloadReader in, ElementType type, int count, int parameters, int base,
      TensorFraming framing, TensorFraming.Tile tile) {
    BitReader source = new BitReader(in, "outlier");
    int samples = framing.tileWidth() * framing.tileHeight();
    int position = -1;
    for (int i = 0; i < count; i++) {
      position += 1 + source.rice(parameters >>> 3, samples - position - 2, "outlier_gap");
      int y = position / framing.tileWidth();
      if (position % framing.tileWidth() >= framing.valuesInRow(tile, y)) {
        throw PayloadReader.malformed("outlier_gap", "points into the padding");
      }
      positions[i] = position;
      long sign = source.bits(1);
      long exponent = base + source.rice(parameters & 7, type.greatestExponent() - base, "outlier_exponent");
      long mantissa = source.longBits(type.mantissaBits());
      bits[i] = (sign << (type.dtype().bits() - 1)) | (exponent << type.mantissaBits()) | mantissa;
    }
    size = count;
    source.requireZeros("outlier_mantissa");
  }
}
