package llm265.tensor;

import java.util.Arrays;
import llm265.h264.MalformedStreamException;

/**
 * The values of a tile that are kept exactly, apart from the picture: those too far out for eight bits, and NaN and infinities.
 *
 * <p>Positions are sample positions in the tile's raster ({@code y * tileWidth + x}), ascending. Their gaps are coded with a Golomb-Rice
 * code whose parameter is chosen exactly; values follow as the bit patterns of the tensor's own type.
 */
final class OutlierList {
  static final OutlierList EMPTY = new OutlierList(0);

  private static final int MAX_RICE_PARAMETER = 24;

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

  /** Writes {@code outlier_count} and, if it is not 0, {@code rice_parameter}, the gaps and the values. */
  void write(PayloadWriter out, int bytesPerValue) {
    out.varint(size);
    if (size == 0) {
      return;
    }
    int parameter = bestRiceParameter();
    out.u8(parameter);
    writeGaps(out, parameter);
    for (int i = 0; i < size; i++) {
      for (int shift = 0; shift < 8 * bytesPerValue; shift += 8) {
        out.u8(bits[i] >>> shift);
      }
    }
  }

  private int gap(int i) {
    return positions[i] - (i == 0 ? 0 : positions[i - 1] + 1);
  }

  private int bestRiceParameter() {
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int parameter = 0; parameter <= MAX_RICE_PARAMETER; parameter++) {
      long cost = (long) size * (parameter + 1);
      for (int i = 0; i < size; i++) {
        cost += gap(i) >>> parameter;
      }
      if (cost < least) {
        least = cost;
        best = parameter;
      }
    }
    return best;
  }

  /** Each gap: quotient by 2^parameter in ones, a zero, the remainder; most significant bit first, zeros to the byte's end. */
  private void writeGaps(PayloadWriter out, int parameter) {
    int pending = 0;
    int count = 0;
    for (int i = 0; i < size; i++) {
      int gap = gap(i);
      int ones = gap >>> parameter;
      for (int bit = parameter + ones; bit >= 0; bit--) {
        int value = bit > parameter ? 1 : bit == parameter ? 0 : (gap >>> bit) & 1;
        pending = pending << 1 | value;
        if (++count == 8) {
          out.u8(pending);
          pending = 0;
          count = 0;
        }
      }
    }
    if (count > 0) {
      out.u8(pending << (8 - count));
    }
  }

  /**
   * Reads a list.
   *
   * @param framing where values may lie; a position in the padding is malformed
   */
  static OutlierList read(PayloadReader in, int bytesPerValue, TensorFraming framing, TensorFraming.Tile tile) {
    int count = in.varint("outlier_count", framing.valuesIn(tile));
    if (count == 0) {
      return EMPTY;
    }
    // Each outlier takes at least its value and one bit, so a count that the section cannot hold allocates nothing.
    if ((long) count * bytesPerValue + (count + 7) / 8 > in.remaining()) {
      throw PayloadReader.malformed("outlier_count", count + " outliers do not fit into the section");
    }
    int parameter = in.u8("rice_parameter");
    if (parameter > MAX_RICE_PARAMETER) {
      throw PayloadReader.malformed("rice_parameter", parameter + " is greater than " + MAX_RICE_PARAMETER);
    }
    OutlierList list = new OutlierList(count);
    list.readGaps(in, parameter, count, framing, tile);
    byte[] values = in.bytes("outlier_value", count * bytesPerValue);
    for (int i = 0; i < count; i++) {
      for (int b = 0; b < bytesPerValue; b++) {
        list.bits[i] |= (values[i * bytesPerValue + b] & 0xFF) << (8 * b);
      }
    }
    return list;
  }

  private void readGaps(PayloadReader in, int parameter, int count, TensorFraming framing, TensorFraming.Tile tile) {
    BitSource source = new BitSource(in);
    int samples = framing.tileWidth() * framing.tileHeight();
    long position = -1;
    for (int i = 0; i < count; i++) {
      long gap = 0;
      while (source.next() == 1) {
        gap++;
        if (gap << parameter > samples) {
          throw PayloadReader.malformed("outlier_gap", "leaves the tile");
        }
      }
      for (int bit = 0; bit < parameter; bit++) {
        gap = gap << 1 | source.next();
      }
      position += 1 + gap;
      if (position >= samples) {
        throw PayloadReader.malformed("outlier_gap", "leaves the tile");
      }
      int y = (int) (position / framing.tileWidth());
      if (position % framing.tileWidth() >= framing.valuesInRow(tile, y)) {
        throw PayloadReader.malformed("outlier_gap", "points into the padding");
      }
      positions[i] = (int) position;
    }
    size = count;
    if (source.rest() != 0) {
      throw PayloadReader.malformed("outlier_gap", "is followed by bits that are not zero");
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

    int next() throws MalformedStreamException {
      if (left == 0) {
        current = in.u8("outlier_gap");
        left = 8;
      }
      left--;
      return (current >>> left) & 1;
    }

    /** What is left of the current byte. */
    int rest() {
      return current & ((1 << left) - 1);
    }
  }
}
