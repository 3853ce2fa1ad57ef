package llm265.tensor.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import llm265.h264.PictureFormat;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.transform.LevelRecovery;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * How the bits of the values of a lossless tensor are kept: on pictures, raw, or once for all values. SPEC.md, "Exact values".
 *
 * @param width bits of a value: 8, 16, 32 or 64
 * @param folded whether the bits below the sign bit are inverted if it is 1, so that small integers of either sign have the
 *     same high bits
 * @param rawMask bits that are kept raw
 * @param constant the bits that are neither raw nor on a picture; all values share them
 * @param planes the planes of bits on pictures, one below the other; at most {@link #MOST_PLANES}, and at least one unless
 *     symbols are carried. All have the same number of rows in a symbol
 * @param carrying how symbols that are levels of pictures come back; null if they are samples
 * @param prediction what is subtracted from patterns first; null for nothing. Only with carried symbols, and not with folding
 */
public record ExactValues(
    int width, boolean folded, long rawMask, long constant, List<ExactPlane> planes, LevelRecovery carrying,
    Prediction prediction) {
  /** With more planes, pictures of the narrowest tiles would be higher than any level allows. */
  public static final int MOST_PLANES = 4;

  private static final int FOLDED = 1;
  private static final int PREDICTED = 2;
  private static final int CERTAIN = 16;
  private static final int ROWS_SHIFT = 2;
  private static final int ROWS = 3 << ROWS_SHIFT;

  /** As many rows of samples stand for one row of values where there is nothing to carry. */
  private static final int ROWS_OF_NOTHING = 8;

  public ExactValues {
    planes = List.copyOf(planes);
    long all = width == 64 ? -1 : (1L << width) - 1;
    long taken = rawMask;
    boolean disjoint = true;
    for (ExactPlane plane : planes) {
      if (plane.rows() != planes.getFirst().rows() || plane.rows() > 1 && carrying == null) {
        throw new IllegalArgumentException("symbols of " + plane.rows() + " rows");
      }
      disjoint &= (taken & plane.mask()) == 0;
      taken |= plane.mask();
    }
    if (planes.isEmpty() && carrying == null || planes.size() > MOST_PLANES) {
      throw new IllegalArgumentException(planes.size() + " planes of bits");
    }
    if (!disjoint || (taken & ~all) != 0 || (constant & (taken | ~all)) != 0) {
      throw new IllegalArgumentException("bits that belong to two planes, or to none of " + width);
    }
    if (prediction != null && (folded || carrying == null)) {
      throw new IllegalArgumentException("prediction of folded patterns, or of samples");
    }
  }

  /** Whether symbols are levels of pictures. */
  public boolean isCarried() {
    return carrying != null;
  }

  /** Number of rows of values that share a row of symbols. */
  public int rows() {
    return planes.isEmpty() ? ROWS_OF_NOTHING : planes.getFirst().rows();
  }

  /** Height of a plane, and of a picture without planes. */
  public int planeHeight(TensorFraming framing) {
    return (framing.tileHeight() / 16 + rows() - 1) / rows() * 16;
  }

  /** Height of the pictures. */
  public int pictureHeight(TensorFraming framing) {
    return Math.max(1, planes.size()) * planeHeight(framing);
  }

  /** Bits that are samples, by themselves. */
  public ExactValues(int width, boolean folded, long rawMask, long constant, List<ExactPlane> planes) {
    this(width, folded, rawMask, constant, planes, null, null);
  }

  public int rawBits() {
    return Long.bitCount(rawMask);
  }

  /** Number of bytes of the raw bits of some values. */
  public long rawBytes(long values) {
    return Math.ceilDiv(values * rawBits(), 8L);
  }

  /** Folds a pattern, or unfolds it. */
  public long fold(long pattern) {
    return fold(pattern, width);
  }

  public static long fold(long pattern, int width) {
    long below = (1L << (width - 1)) - 1;
    return pattern ^ -((pattern >>> (width - 1)) & 1) & below;
  }

  /** How many bits are on pictures and how many are raw, for people to read. */
  public String name() {
    String coded = planes.isEmpty() ? "0"
        : planes.stream().map(plane -> "" + Long.bitCount(plane.mask())).collect(Collectors.joining("+"));
    return "exact: " + coded + (isCarried() ? " bits carried and " : " bits coded and ") + rawBits() + " raw"
        + (prediction == null ? "" : ", predicted (" + prediction.predictor().name().toLowerCase(Locale.ROOT) + ")");
  }

  public void write(PayloadWriter out) {
    int log2Rows = planes.isEmpty() ? 0 : Integer.numberOfTrailingZeros(rows());
    out.varint((folded ? FOLDED : 0) | (prediction != null ? PREDICTED : 0) | (log2Rows << ROWS_SHIFT)
        | (carrying == LevelRecovery.CERTAIN ? CERTAIN : 0));
    if (prediction != null) {
      prediction.write(out, width);
    }
    PatternField.write(out, rawMask, width);
    PatternField.write(out, constant, width);
    out.varint(planes.size());
    for (ExactPlane plane : planes) {
      PatternField.write(out, plane.mask(), width);
      byte[] symbols = plane.symbols();
      out.varint(symbols.length);
      if (symbols.length == 0) {
        out.u8(plane.offset());
      } else {
        out.bytes(symbols);
      }
    }
  }

  /** Reads what follows flag 128 in the tensor section. */
  public static ExactValues read(PayloadReader in, int width, boolean isCarried, TensorFraming framing) {
    int flags = in.varint("exact_flags", Integer.MAX_VALUE);
    if ((flags & ~(isCarried ? FOLDED | PREDICTED | ROWS | CERTAIN : FOLDED)) != 0) {
      throw new UnsupportedStreamException("exact_flags", "SPEC.md, Exact values", flags + " is not known");
    }
    Prediction prediction = (flags & PREDICTED) != 0 ? Prediction.read(in, width) : null;
    long rawMask = PatternField.read(in, "raw_mask", width);
    long constant = PatternField.read(in, "constant_bits", width);
    int rows = 1 << ((flags & ROWS) >> ROWS_SHIFT);
    int count = in.varint("plane_count", MOST_PLANES);
    List<ExactPlane> planes = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        long mask = PatternField.read(in, "plane_mask", width);
        int symbols = in.varint("symbol_count", 1 << ExactPlane.MOST_BITS);
        planes.add(symbols == 0
            ? new ExactPlane(mask, rows, new byte[0], in.u8("plane_offset"))
            : new ExactPlane(mask, rows, in.bytes("symbol", symbols), 0));
      }
      ExactValues values = new ExactValues(width, (flags & FOLDED) != 0, rawMask, constant, planes,
          !isCarried ? null : (flags & CERTAIN) != 0 ? LevelRecovery.CERTAIN : LevelRecovery.WIDE, prediction);
      if ((long) framing.tileWidth() * values.pictureHeight(framing) > 256L * PictureFormat.MAX_SIZE_IN_MBS) {
        throw PayloadReader.malformed("plane_count", "pictures of " + count + " tiles are beyond any level");
      }
      return values;
    } catch (IllegalArgumentException e) {
      throw PayloadReader.malformed("plane_mask", e.getMessage());
    }
  }
}
