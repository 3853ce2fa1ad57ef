package llm265.tensor.tools;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.BitReader;
import llm265.tensor.payload.BitWriter;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * Runs of equal values of a tile that are not finite. Masks of 0 and -infinity, and values that were never written, take a
 * fraction of a bit per value, while the {@link OutlierList} takes a whole pattern for each. SPEC.md, "Runs of values that are
 * not finite".
 */
public final class NotFiniteRuns {
  /** The greatest number of bit patterns that runs may have. */
  private static final int MOST_PATTERNS = 16;

  /** Fewer values than this stay in the list. */
  private static final int LEAST_VALUES = 64;

  private static final int MAX_PARAMETER = 24;

  private final long[] patterns;
  /** For each run, the number of its first value among the tile's values, row by row. */
  private final int[] starts;
  private final int[] lengths;
  /** Index of each run's pattern. */
  private final byte[] symbols;
  private int runs;

  private NotFiniteRuns(long[] patterns, int capacity) {
    this.patterns = patterns;
    starts = new int[capacity];
    lengths = new int[capacity];
    symbols = new byte[capacity];
  }

  /**
   * The exactly kept values of a tile, as they are written.
   *
   * @param runs null if they would take more bits than the list
   * @param list the other values
   */
  public record Split(NotFiniteRuns runs, OutlierList list) {}

  /** Takes values out of a list if this saves bits. */
  public static Split split(OutlierList list, ElementType type, TensorFraming framing, TensorFraming.Tile tile) {
    return split(list, type, framing.tileWidth(), tile.columns());
  }

  /**
   * Like the other method, for a tile of any width.
   *
   * @param width number of samples in a row
   * @param columns number of values in a row
   */
  public static Split split(OutlierList list, ElementType type, int width, int columns) {
    long[] patterns = commonPatterns(list, type);
    if (patterns.length == 0) {
      return new Split(null, list);
    }
    Map<Long, Byte> symbols = new HashMap<>();
    for (int i = 0; i < patterns.length; i++) {
      symbols.put(patterns[i], (byte) i);
    }
    NotFiniteRuns runs = new NotFiniteRuns(patterns, list.size());
    OutlierList rest = new OutlierList(0);
    int moved = 0;
    for (int i = 0; i < list.size(); i++) {
      Byte symbol = symbols.get(list.bits(i));
      if (symbol == null) {
        rest.add(list.position(i), list.bits(i));
      } else {
        runs.add(list.position(i) / width * columns + list.position(i) % width, 1, symbol);
        moved++;
      }
    }
    PayloadWriter written = new PayloadWriter();
    runs.write(written, type);
    // Position, sign and mantissa take at least that much in the list.
    boolean saves = 8L * written.length() < (long) moved * (type.mantissaBits() + 3);
    return saves ? new Split(runs, rest) : new Split(null, list);
  }

  /** The patterns of values that are not finite, the most frequent first; none if there are few such values. */
  private static long[] commonPatterns(OutlierList list, ElementType type) {
    Map<Long, Integer> counts = new HashMap<>();
    for (int i = 0; i < list.size(); i++) {
      if (type.exponent(list.bits(i)) == type.greatestExponent()) {
        counts.merge(list.bits(i), 1, Integer::sum);
      }
    }
    if (counts.values().stream().mapToInt(Integer::intValue).sum() < LEAST_VALUES) {
      return new long[0];
    }
    List<Map.Entry<Long, Integer>> sorted = new ArrayList<>(counts.entrySet());
    sorted.sort(Map.Entry.<Long, Integer>comparingByValue().reversed().thenComparing(Map.Entry::getKey, Long::compareUnsigned));
    return sorted.stream().limit(MOST_PATTERNS).mapToLong(Map.Entry::getKey).toArray();
  }

  private void add(int start, int length, byte symbol) {
    int last = runs - 1;
    if (last >= 0 && symbols[last] == symbol && starts[last] + lengths[last] == start) {
      lengths[last] += length;
      return;
    }
    starts[runs] = start;
    lengths[runs] = length;
    symbols[runs] = symbol;
    runs++;
  }

  private static int symbolBits(int patterns) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(patterns - 1);
  }

  /**
   * Number of values between a run and the one before it. With a single pattern there must be at least one, which is not
   * counted.
   */
  private int gap(int run) {
    return run == 0 ? starts[0] : starts[run] - starts[run - 1] - lengths[run - 1] - leastGap(run, patterns.length);
  }

  private static int leastGap(int run, int patterns) {
    return run > 0 && patterns == 1 ? 1 : 0;
  }

  public void write(PayloadWriter out, ElementType type) {
    out.varint(patterns.length);
    for (long pattern : patterns) {
      for (int shift = 0; shift < type.dtype().bits(); shift += 8) {
        out.u8((int) (pattern >>> shift) & 0xFF);
      }
    }
    out.varint(runs);
    int gapParameter = BitWriter.bestRiceParameter(runs, this::gap, MAX_PARAMETER);
    int lengthParameter = BitWriter.bestRiceParameter(runs, i -> lengths[i] - 1, MAX_PARAMETER);
    out.u8(gapParameter);
    out.u8(lengthParameter);
    BitWriter bits = new BitWriter(out);
    for (int i = 0; i < runs; i++) {
      bits.rice(gap(i), gapParameter);
      bits.rice(lengths[i] - 1, lengthParameter);
      bits.bits(symbols[i], symbolBits(patterns.length));
    }
    bits.align();
  }

  /** Reads the section's content, which is all of {@code in}. */
  public static NotFiniteRuns read(PayloadReader in, ElementType type, TensorFraming framing, TensorFraming.Tile tile) {
    int values = framing.valuesIn(tile);
    long[] patterns = readPatterns(in, type);
    int count = in.varint("run_count", values);
    int gapParameter = parameter(in, "gap_parameter");
    int lengthParameter = parameter(in, "length_parameter");
    // Each run takes at least two bits: a count that the section cannot hold allocates nothing.
    if (count < 1 || 2L * count > 8L * in.remaining()) {
      throw PayloadReader.malformed("run_count", count + " runs do not fit into the section");
    }
    NotFiniteRuns read = new NotFiniteRuns(patterns, count);
    BitReader bits = new BitReader(in, "run");
    int end = 0;
    for (int i = 0; i < count; i++) {
      int least = leastGap(i, patterns.length);
      if (values - end - least - 1 < 0) {
        throw PayloadReader.malformed("run_gap", "points after the last value");
      }
      int start = end + least + bits.rice(gapParameter, values - end - least - 1, "run_gap");
      int length = 1 + bits.rice(lengthParameter, values - start - 1, "run_length");
      int symbol = bits.bits(symbolBits(patterns.length));
      if (symbol >= patterns.length) {
        throw PayloadReader.malformed("pattern_index", symbol + " of " + patterns.length);
      }
      read.starts[i] = start;
      read.lengths[i] = length;
      read.symbols[i] = (byte) symbol;
      end = start + length;
    }
    read.runs = count;
    bits.requireZeros("pattern_index");
    in.requireEnd("section of runs");
    return read;
  }

  private static int parameter(PayloadReader in, String field) {
    int parameter = in.u8(field);
    if (parameter > MAX_PARAMETER) {
      throw PayloadReader.malformed(field, parameter + " is greater than " + MAX_PARAMETER);
    }
    return parameter;
  }

  private static long[] readPatterns(PayloadReader in, ElementType type) {
    int count = in.varint("pattern_count", MOST_PATTERNS);
    if (count < 1) {
      throw PayloadReader.malformed("pattern_count", "is 0");
    }
    long[] patterns = new long[count];
    for (int i = 0; i < count; i++) {
      for (int shift = 0; shift < type.dtype().bits(); shift += 8) {
        patterns[i] |= (long) in.u8("pattern") << shift;
      }
      if (type.exponent(patterns[i]) != type.greatestExponent()) {
        throw PayloadReader.malformed("pattern", "is a finite number");
      }
    }
    return patterns;
  }

  /**
   * Joins the values of the runs with those of a list.
   *
   * @throws llm265.h264.MalformedStreamException if a value is in both
   */
  public OutlierList mergedWith(OutlierList list, TensorFraming framing, TensorFraming.Tile tile) {
    OutlierList all = new OutlierList(list.size());
    int columns = tile.columns();
    int next = 0;
    for (int run = 0; run < runs; run++) {
      for (int value = starts[run]; value < starts[run] + lengths[run]; value++) {
        int position = value / columns * framing.tileWidth() + value % columns;
        for (; next < list.size() && list.position(next) < position; next++) {
          all.add(list.position(next), list.bits(next));
        }
        if (next < list.size() && list.position(next) == position) {
          throw PayloadReader.malformed("outlier_gap", "points at a value of a run");
        }
        all.add(position, patterns[symbols[run]]);
      }
    }
    for (; next < list.size(); next++) {
      all.add(list.position(next), list.bits(next));
    }
    return all;
  }
}
