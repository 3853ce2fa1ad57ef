package llm265.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Some words of a block, and what fields they would best have. */
final class WordSample {
  /** Bytes that are looked at in a row, and how many such rows in a block. */
  private static final int ROW_BYTES = 1 << 10;
  private static final int ROWS = 8;

  /** Bits of a value that entropy coding must save to be worth its time. */
  private static final double WORTH = 0.04;

  /** Bits of a symbol in the table of frequencies, about. */
  private static final int SYMBOL_COST = 8;

  /** {@code n log2 n}, of counts that a sample may have. */
  private static final double[] TIMES_LOG = new double[ROW_BYTES * ROWS + 1];

  static {
    for (int n = 2; n < TIMES_LOG.length; n++) {
      TIMES_LOG[n] = n * StrictMath.log(n) / StrictMath.log(2);
    }
  }

  private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final LayoutCandidate candidate;
  private final int total;
  private final long[] words;
  private final int count;
  private double bits;

  WordSample(LayoutCandidate candidate, byte[] values, int at, int size) {
    this.candidate = candidate;
    int width = candidate.width();
    total = size / width;
    int row = ROW_BYTES / width;
    words = new long[Math.min(total, ROWS * row)];
    int found = 0;
    int rows = words.length / row;
    if (rows < ROWS) {
      found = add(values, at, 0, total, 0);
    } else {
      for (int i = 0; i < ROWS; i++) {
        int from = (int) ((long) (total - row) * i / (ROWS - 1));
        found = add(values, at, from, row, found);
      }
    }
    count = found;
  }

  private int add(byte[] values, int at, int from, int some, int found) {
    int width = candidate.width();
    int next = found;
    // What the first differences of a block are to is not there: they are unlike the others.
    for (int i = Math.max(from, candidate.distance()); i < from + some; i++) {
      long value = value(values, at + i * width, width);
      if (candidate.distance() > 0) {
        value -= value(values, at + (i - candidate.distance()) * width, width);
        value <<= 64 - 8 * width;
        value >>= 64 - 8 * width;
      }
      words[next++] = Transform.word(value, candidate.transform(), 8 * width);
    }
    return next;
  }

  /** A value with its sign. */
  private static long value(byte[] values, int at, int width) {
    return switch (width) {
      case 1 -> values[at];
      case 2 -> (short) SHORTS.get(values, at);
      case 4 -> (int) INTS.get(values, at);
      default -> (long) LONGS.get(values, at);
    };
  }

  /** Whether the words are those of another candidate, too. */
  boolean isOf(LayoutCandidate other) {
    return candidate.width() == other.width() && candidate.transform() == other.transform()
        && candidate.distance() == other.distance();
  }

  long first() {
    return words[0];
  }

  /** Bits that differ within the sample. */
  long varying() {
    long ones = 0;
    long zeros = 0;
    for (int i = 0; i < count; i++) {
      ones |= words[i];
      zeros |= ~words[i];
    }
    return ones & zeros & (-1L >>> (64 - 8 * candidate.width()));
  }

  /**
   * The fields that take the fewest bits: constant, raw, or, where entropy coding pays, of the kind for many symbols.
   *
   * @param varying bits that are not constant
   * @param headBits of a word that are looked at by themselves before the rest
   */
  List<Field> fields(long varying, int headBits) {
    List<Field> fields = new ArrayList<>();
    bits = 0;
    int top = 8 * candidate.width();
    int head = top - headBits;
    while (top > 0) {
      int bottom = top - 1;
      boolean isConstant = ((varying >>> bottom) & 1) == 0;
      // The first symbol of a head takes what the others leave of it.
      int ofHead = top > head ? (top - head - 1) % BlockLayout.SYMBOL_BITS + 1 : BlockLayout.SYMBOL_BITS;
      int most = isConstant ? 64 : ofHead;
      while (bottom > 0 && bottom != head && bottom != Field.HALF && top - bottom < most
          && isConstant == (((varying >>> (bottom - 1)) & 1) == 0)) {
        bottom--;
      }
      Field.Kind kind = isConstant ? Field.Kind.CONSTANT : kind(bottom, top - bottom);
      Field last = fields.isEmpty() ? null : fields.getLast();
      if (last != null && last.kind() == kind && !last.isCoded()) {
        fields.removeLast();
        fields.add(new Field(kind, last.bits() + top - bottom, bottom));
      } else {
        fields.add(new Field(kind, top - bottom, bottom));
      }
      top = bottom;
    }
    return fields;
  }

  private Field.Kind kind(int shift, int fieldBits) {
    double entropy = entropy(shift, fieldBits);
    boolean isCoded = entropy + WORTH < fieldBits;
    bits += isCoded ? entropy : fieldBits;
    return isCoded ? Field.Kind.MANY : Field.Kind.RAW;
  }

  /** Entropy of a field, with what a sample of that size lacks on average, and the symbols' frequencies. */
  private double entropy(int shift, int fieldBits) {
    int[] counts = new int[1 << fieldBits];
    for (int i = 0; i < count; i++) {
      counts[(int) (words[i] >>> shift) & ((1 << fieldBits) - 1)]++;
    }
    double sum = 0;
    int symbols = 0;
    for (int n : counts) {
      sum += TIMES_LOG[n];
      symbols += n > 0 ? 1 : 0;
    }
    // Miller and Madow
    return (TIMES_LOG[count] - sum + (symbols - 1) * 0.72) / Math.max(1, count) + (double) symbols * SYMBOL_COST / total;
  }

  /** Bits of a byte that the fields found last take. */
  double bitsPerByte() {
    return count == 0 ? 8 : bits / candidate.width();
  }
}
