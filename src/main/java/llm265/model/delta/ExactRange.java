package llm265.model.delta;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.checkpoint.file.Checksum;
import llm265.data.DataDecoder;
import llm265.data.DataEncoder;
import llm265.dtype.DType;
import llm265.h264.MalformedStreamException;

/**
 * Values of a range without loss, given the base's. SPEC.md, "Ranges of exact deltas".
 *
 * <p>What is coded is the difference of integers in the order of values. Training changes values by about as much whatever their
 * size, so that the integers differ by the less the greater the base's value is: differences are sorted into classes by its
 * exponent, and each class is coded by itself. Between two versions of a model of 33 million values, classes take 5.18 bits for
 * 5.88 in BF16 and 8.13 for 8.78 in F16. The first bits of the mantissa as a part of a class's number gained nothing.
 */
final class ExactRange {
  /** Where the clause is. */
  static final String CLAUSE = "SPEC.md, Ranges of exact deltas";

  /** A class has as many values at least: the frequencies of symbols, too, take bytes. */
  static final int LEAST_VALUES = 1 << 13;

  /** The greatest number of bits of a class's number. */
  static final int CLASS_BITS = 12;

  /** The values' checksum, and what classes and rounding follow from. */
  private static final int HEAD_BYTES = 4 + 2;

  /** Bits of integers' magnitudes that classes are told apart by. */
  private static final int INTEGER_BITS = 4;

  private final DType type;
  private final int bits;
  private final DType differences;
  private final long least;

  /** @param type one of those that {@link OrderedPatterns#isPossible} names */
  ExactRange(DType type) {
    this.type = type;
    bits = type.bits();
    least = OrderedPatterns.least(bits);
    differences = switch (bits) {
      case 8 -> DType.I8;
      case 16 -> DType.I16;
      case 32 -> DType.I32;
      default -> DType.I64;
    };
  }

  /**
   * Encodes values.
   *
   * @param base the base's values, of the same type and number
   */
  byte[] encode(MemorySegment base, MemorySegment values) {
    long[] from = OrderedPatterns.read(type, base);
    long[] to = OrderedPatterns.read(type, values);
    int zeros = trailingZeros(to);
    for (int i = 0; i < to.length; i++) {
      to[i] = (to[i] >> zeros) - rounded(from[i], zeros);
    }
    byte[] best = null;
    for (int shift : shifts()) {
      byte[] coded = encode(from, to, zeros, shift);
      best = best == null || coded.length < best.length ? coded : best;
    }
    LengthField.put(best, 0, Checksum.crc32c(values));
    return best;
  }

  /** Low bits that are 0 in all values. */
  private int trailingZeros(long[] integers) {
    long any = 0;
    for (long integer : integers) {
      any |= integer;
    }
    return any == 0 ? 0 : Math.min(bits - 1, Long.numberOfTrailingZeros(any));
  }

  /** The nearest multiple of a power of two, divided by that. */
  private static long rounded(long integer, int zeros) {
    return zeros == 0 ? integer : (integer + (1L << (zeros - 1))) >> zeros;
  }

  /** What magnitudes may be shifted by to make classes; by the first, all are one class. */
  private int[] shifts() {
    int one = bits - 1;
    if (!type.isFloat()) {
      return bits <= 16 ? new int[] {one, one - INTEGER_BITS} : new int[] {one};
    }
    return new int[] {one, mantissaBits()};
  }

  private int mantissaBits() {
    return switch (type) {
      case F64 -> 52;
      case F32 -> 23;
      case F16 -> 10;
      case BF16 -> 7;
      case F8_E4M3 -> 3;
      default -> 2;
    };
  }

  private byte[] encode(long[] base, long[] integers, int zeros, int shift) {
    Classes classes = new Classes(base, shift);
    long[] sorted = new long[integers.length];
    int[] next = classes.starts.clone();
    for (int i = 0; i < integers.length; i++) {
      sorted[next[classes.of(base[i])]++] = integers[i];
    }
    List<byte[]> blocks = new ArrayList<>();
    int size = HEAD_BYTES;
    for (int c = 0; c < classes.count; c++) {
      int count = classes.starts[c + 1] - classes.starts[c];
      MemorySegment part = MemorySegment.ofArray(new byte[count * (bits / 8)]);
      OrderedPatterns.writeBits(bits, sorted, classes.starts[c], count, part);
      blocks.add(DataEncoder.of(differences).encodeBlocks(part));
      size += LengthField.BYTES + blocks.getLast().length;
    }
    byte[] out = new byte[size];
    out[HEAD_BYTES - 2] = (byte) shift;
    out[HEAD_BYTES - 1] = (byte) zeros;
    int at = HEAD_BYTES;
    for (byte[] block : blocks) {
      LengthField.put(out, at, block.length);
      System.arraycopy(block, 0, out, at + LengthField.BYTES, block.length);
      at += LengthField.BYTES + block.length;
    }
    return out;
  }

  /**
   * Decodes values.
   *
   * @param coded what {@link #encode} has made
   * @param values receives them
   * @throws MalformedStreamException if it is something else
   */
  void decode(MemorySegment coded, MemorySegment base, MemorySegment values) {
    LengthField.Reader reader = new LengthField.Reader(coded, CLAUSE);
    int checksum = reader.u32();
    int shift = reader.u8();
    int zeros = reader.u8();
    if (shift < Math.max(0, bits - 1 - CLASS_BITS) || shift >= bits || zeros >= bits) {
      throw new MalformedStreamException("class_shift", CLAUSE, shift + ", or trailing_zeros " + zeros + ", is out of range");
    }
    long[] from = OrderedPatterns.read(type, base);
    Classes classes = new Classes(from, shift);
    long[] sorted = new long[from.length];
    for (int c = 0; c < classes.count; c++) {
      int count = classes.starts[c + 1] - classes.starts[c];
      MemorySegment part = MemorySegment.ofArray(new byte[count * (bits / 8)]);
      DataDecoder.create().decodeBlocks(reader.slice(), part);
      System.arraycopy(OrderedPatterns.read(differences, part), 0, sorted, classes.starts[c], count);
    }
    reader.requireEnd();
    int[] next = classes.starts.clone();
    long[] integers = new long[from.length];
    for (int i = 0; i < from.length; i++) {
      integers[i] = (sorted[next[classes.of(from[i])]++] + rounded(from[i], zeros)) << zeros;
    }
    OrderedPatterns.write(type, integers, values);
    if (Checksum.crc32c(values) != checksum) {
      throw new MalformedStreamException("checksum", CLAUSE, "does not match the values");
    }
  }

  /** The classes of a base's values: numbers in rising order that are joined until there are enough values. */
  private final class Classes {
    private final int shift;
    private final int[] classes;
    private final int[] starts;
    private int count;

    Classes(long[] base, int shift) {
      this.shift = shift;
      int[] occurrences = new int[1 << (bits - 1 - shift)];
      for (long integer : base) {
        occurrences[number(integer)]++;
      }
      classes = new int[occurrences.length];
      starts = new int[occurrences.length + 1];
      int values = 0;
      int left = base.length;
      for (int number = 0; number < occurrences.length; number++) {
        classes[number] = count;
        values += occurrences[number];
        left -= occurrences[number];
        // The last class takes what would be too few for one of their own.
        if (values >= LEAST_VALUES && left >= LEAST_VALUES) {
          starts[++count] = base.length - left;
          values = 0;
        }
      }
      starts[++count] = base.length;
    }

    private int number(long integer) {
      return integer == least ? 0 : (int) (Math.abs(integer) >>> shift);
    }

    int of(long integer) {
      return classes[number(integer)];
    }
  }
}
