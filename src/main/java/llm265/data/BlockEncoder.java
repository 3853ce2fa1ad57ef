package llm265.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.data.symbol.ByteSink;
import llm265.data.symbol.ByteSource;
import llm265.data.symbol.DataKernels;
import llm265.data.symbol.Frequencies;
import llm265.data.symbol.SymbolTables;

/**
 * Encodes blocks: measures which layout takes the fewest bits, and writes it. Used by one thread at a time. SPEC.md, "Blocks
 * of data".
 */
final class BlockEncoder {
  /** What wider values must save: samples of wider values are smaller, and look better than they are. */
  private static final double CLEARLY_LESS = 0.995;

  /** Part of the words that may be exceptions to constant bits. */
  private static final int CONSTANT_EXCEPTIONS = 1 << 10;

  /** Values for each bit that exceptions may take so that a field's symbols are few. */
  private static final int VALUES_FOR_BIT = 500;

  private static final int COUNTERS = 4;

  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final DataKernels kernels;
  private final byte[] differences = new byte[BlockLayout.MOST_BYTES + DataKernels.SLACK];
  private int[] low = new int[0];
  private int[] high = new int[0];
  private byte[] symbols = new byte[0];
  private byte[] words = new byte[0];
  private final int[] states = new int[DataKernels.MOST_LANES];
  private final int[] counts = new int[COUNTERS << BlockLayout.SYMBOL_BITS];
  private final ByteSink raw = new ByteSink(BlockLayout.MOST_BYTES);
  private final ByteSink fieldData = new ByteSink(BlockLayout.MOST_BYTES);

  /** Values of the block that are kept by themselves. */
  private boolean[] isException = new boolean[0];
  private int exceptions;

  BlockEncoder(DataKernels kernels) {
    this.kernels = kernels;
  }

  /**
   * Appends the body of a block.
   *
   * @param values has {@link DataKernels#SLACK} bytes behind those
   * @param size bytes of the values, 1 to {@link BlockLayout#MOST_BYTES}
   * @param candidates ways to take values, of which the best is measured
   */
  void encode(byte[] values, int at, int size, List<LayoutCandidate> candidates, ByteSink out) {
    int begin = out.size();
    if (!encodeFields(values, at, size, candidates, out) || out.size() - begin > size) {
      out.truncate(begin);
      out.u8(BlockLayout.STORED);
      out.bytes(values, at, size);
    }
  }

  /** False if no way pays. */
  private boolean encodeFields(byte[] values, int at, int size, List<LayoutCandidate> candidates, ByteSink out) {
    LayoutCandidate best = null;
    WordSample sample = null;
    WordSample next = null;
    double least = 8;
    for (LayoutCandidate candidate : candidates) {
      if (size % candidate.width() == 0) {
        next = next != null && next.isOf(candidate) ? next : new WordSample(candidate, values, at, size);
        next.fields(next.varying(), candidate.head());
        if (next.bitsPerByte() < least * (best != null && candidate.width() > best.width() ? CLEARLY_LESS : 1)) {
          best = candidate;
          sample = next;
          least = next.bitsPerByte();
        }
      }
    }
    if (best == null) {
      return false;
    }
    int count = size / best.width();
    byte[] from = values;
    int first = at;
    if (best.distance() > 0) {
      System.arraycopy(values, at, differences, 0, size);
      Deltas.take(differences, best.width(), count, best.distance());
      from = differences;
      first = 0;
    }
    load(from, first, count, best);
    clearExceptions();
    List<Field> fields = findConstants(sample, best, count);
    write(new BlockLayout(best.width(), best.transform(), best.distance(), fields), from, first, count, out);
    return true;
  }

  private void load(byte[] from, int at, int count, LayoutCandidate best) {
    int length = Math.ceilDiv(count, DataKernels.MOST_LANES) * DataKernels.MOST_LANES;
    if (low.length < length) {
      low = new int[length];
      symbols = new byte[length + DataKernels.SLACK];
      words = new byte[2 * length + 2 * DataKernels.SLACK];
      isException = new boolean[length];
    }
    if (best.width() == 8) {
      high = high.length < length ? new int[length] : high;
      for (int i = 0; i < count; i++) {
        long word = Transform.word((long) LONGS.get(from, at + 8 * i), best.transform(), 64);
        low[i] = (int) word;
        high[i] = (int) (word >>> Field.HALF);
      }
      Arrays.fill(high, count, length, 0);
    } else {
      int rounded = Math.ceilDiv(count, DataKernels.GROUP) * DataKernels.GROUP;
      kernels.load(from, at, rounded, best.width(), best.transform(), low);
    }
    Arrays.fill(low, count, length, 0);
  }

  private void clearExceptions() {
    if (exceptions > 0) {
      Arrays.fill(isException, false);
    }
    exceptions = 0;
  }

  /** Fields whose constant bits are so in all words but exceptions. */
  private List<Field> findConstants(WordSample sample, LayoutCandidate best, int count) {
    int width = best.width();
    List<Field> fields = sample.fields(sample.varying(), best.head());
    long mask = 0;
    for (Field field : fields) {
      mask |= field.kind() == Field.Kind.CONSTANT ? field.mask() : 0;
    }
    if (mask == 0) {
      return fields;
    }
    long constant = sample.first() & mask;
    int lowMask = (int) mask;
    int lowBits = (int) constant;
    int highMask = (int) (mask >>> Field.HALF);
    int highBits = (int) (constant >>> Field.HALF);
    long varying = differing(low, count, lowBits) & 0xFFFF_FFFFL;
    if (width == 8) {
      varying |= (long) differing(high, count, highBits) << Field.HALF;
    }
    if ((varying & mask) == 0) {
      return fields;
    }
    int others = 0;
    for (int i = 0; i < count; i++) {
      others += (low[i] & lowMask) == lowBits && (width < 8 || (high[i] & highMask) == highBits) ? 0 : 1;
    }
    if (others > Math.max(best.distance(), count / CONSTANT_EXCEPTIONS)) {
      return sample.fields(sample.varying() | (varying & mask), best.head());
    }
    for (int i = 0; i < count; i++) {
      if ((low[i] & lowMask) != lowBits || width == 8 && (high[i] & highMask) != highBits) {
        except(i);
      }
    }
    return fields;
  }

  private static int differing(int[] words, int count, int from) {
    int bits = 0;
    for (int i = 0; i < count; i++) {
      bits |= words[i] ^ from;
    }
    return bits;
  }

  private void except(int value) {
    if (!isException[value]) {
      isException[value] = true;
      exceptions++;
    }
  }

  private void write(BlockLayout planned, byte[] from, int at, int count, ByteSink out) {
    int lanes = count >= BlockLayout.WIDE_VALUES ? DataKernels.MOST_LANES : DataKernels.GROUP;
    raw.clear();
    for (Field field : planned.fields()) {
      if (field.kind() == Field.Kind.RAW) {
        writePlanes(field, count);
      }
    }
    List<Field> fields = new ArrayList<>();
    fieldData.clear();
    for (Field field : planned.fields()) {
      if (field.kind() == Field.Kind.CONSTANT) {
        writeConstant(field, bits(field, firstRegular(count)));
      }
      fields.add(field.isCoded() ? writeSymbols(field, planned.width(), count, lanes) : field);
    }
    planned.withFields(fields).write(out, lanes == DataKernels.MOST_LANES, exceptions > 0);
    out.bytes(fieldData.array(), 0, fieldData.size());
    if (exceptions > 0) {
      writeExceptions(from, at, planned.width(), count, out);
    }
    out.bytes(raw.array(), 0, raw.size());
  }

  private int firstRegular(int count) {
    int first = 0;
    while (first < count - 1 && isException[first]) {
      first++;
    }
    return first;
  }

  private long bits(Field field, int value) {
    long word = (high.length > value ? (long) high[value] << Field.HALF : 0) | (low[value] & 0xFFFF_FFFFL);
    return (word & field.mask()) >>> field.shift();
  }

  private void writeConstant(Field field, long value) {
    fieldData.number(value, Math.ceilDiv(field.bits(), 8));
  }

  private void writePlanes(Field field, int count) {
    int rounded = Math.ceilDiv(count, DataKernels.GROUP) * DataKernels.GROUP;
    for (int top = field.shift() + field.bits(); top > field.shift(); ) {
      int bits = Field.planeBits(top, field.shift());
      top -= bits;
      int place = raw.reserve(rounded * bits / 8);
      kernels.pack(top >= Field.HALF ? high : low, rounded, top % Field.HALF, bits, raw.array(), place);
    }
  }

  /** Writes a field of symbols, or of one constant; returns it as it is written. */
  private Field writeSymbols(Field field, int width, int count, int lanes) {
    extract(field, count);
    int[] occurrences = count(count);
    int most = greatest(occurrences);
    int distinct = distinct(occurrences);
    if (distinct > DataKernels.FEW) {
      distinct = exceptRare(occurrences, count, width);
    }
    if (exceptions > 0) {
      for (int i = 0; i < count; i++) {
        if (isException[i] && occurrences[symbols[i] & 0xFF] == 0) {
          symbols[i] = (byte) most;
        }
      }
    }
    if (distinct == 1) {
      writeConstant(field, most);
      return new Field(Field.Kind.CONSTANT, field.bits(), field.shift());
    }
    boolean isFew = distinct <= DataKernels.FEW;
    Frequencies frequencies = Frequencies.of(Arrays.copyOf(occurrences, 1 << field.bits()));
    frequencies.write(fieldData);
    SymbolTables tables = new SymbolTables(frequencies, isFew);
    int steps = Math.ceilDiv(count, lanes);
    Arrays.fill(symbols, count, steps * lanes, (byte) most);
    takeRaw(lanes);
    int first = kernels.encode(
        symbols, lanes, steps, tables.codes(), tables.slots(), states, words, words.length);
    fieldData.varint(words.length - first);
    for (int lane = 0; lane < lanes; lane++) {
      fieldData.number(states[lane], 4);
    }
    fieldData.bytes(words, first, words.length - first);
    return new Field(isFew ? Field.Kind.FEW : Field.Kind.MANY, field.bits(), field.shift());
  }

  /** Begins the lanes' states with the last raw bits, which they bring along to the decoder. */
  private void takeRaw(int lanes) {
    Arrays.fill(states, BlockLayout.FIRST_STATE);
    int taken = BlockLayout.STATE_BYTES * lanes;
    if (raw.size() >= taken) {
      raw.truncate(raw.size() - taken);
      ByteSource source = new ByteSource(raw.array(), raw.size(), raw.size() + taken);
      for (int lane = 0; lane < lanes; lane++) {
        states[lane] |= (int) source.number("raw bits", BlockLayout.STATE_BYTES);
      }
    }
  }

  private void extract(Field field, int count) {
    int rounded = Math.ceilDiv(count, DataKernels.GROUP) * DataKernels.GROUP;
    boolean isHigh = field.shift() >= Field.HALF;
    kernels.extract(isHigh ? high : low, rounded, field.shift() % Field.HALF, field.bits(), symbols);
  }

  /** Counts symbols, several by turns: one counter would wait for itself where the same symbol comes again. */
  private int[] count(int count) {
    Arrays.fill(counts, 0);
    int i = 0;
    for (; i <= count - COUNTERS; i += COUNTERS) {
      counts[symbols[i] & 0xFF]++;
      counts[256 + (symbols[i + 1] & 0xFF)]++;
      counts[512 + (symbols[i + 2] & 0xFF)]++;
      counts[768 + (symbols[i + 3] & 0xFF)]++;
    }
    for (; i < count; i++) {
      counts[symbols[i] & 0xFF]++;
    }
    int[] sums = new int[256];
    for (int s = 0; s < 256; s++) {
      sums[s] = counts[s] + counts[256 + s] + counts[512 + s] + counts[768 + s];
    }
    return sums;
  }

  /** Makes exceptions of all symbols but the 32 most frequent ones, if they are rare; returns how many symbols are left. */
  private int exceptRare(int[] occurrences, int count, int width) {
    long[] order = new long[occurrences.length];
    for (int s = 0; s < order.length; s++) {
      order[s] = ((long) occurrences[s] << 8) | s;
    }
    Arrays.sort(order);
    int rare = order.length - DataKernels.FEW;
    int others = 0;
    int distinct = DataKernels.FEW;
    for (int i = 0; i < rare; i++) {
      others += (int) (order[i] >>> 8);
      distinct += order[i] >>> 8 > 0 ? 1 : 0;
    }
    if ((long) others * (16 + 8 * width) > count / VALUES_FOR_BIT) {
      return distinct;
    }
    for (int i = 0; i < rare; i++) {
      occurrences[(int) order[i] & 0xFF] = 0;
    }
    for (int i = 0; i < count; i++) {
      if (occurrences[symbols[i] & 0xFF] == 0) {
        except(i);
      }
    }
    return DataKernels.FEW;
  }

  private static int greatest(int[] values) {
    int greatest = 0;
    for (int i = 1; i < values.length; i++) {
      greatest = values[i] > values[greatest] ? i : greatest;
    }
    return greatest;
  }

  private static int distinct(int[] occurrences) {
    int distinct = 0;
    for (int count : occurrences) {
      distinct += count > 0 ? 1 : 0;
    }
    return distinct;
  }

  private void writeExceptions(byte[] from, int at, int width, int count, ByteSink out) {
    out.varint(exceptions);
    int next = 0;
    for (int i = 0; i < count; i++) {
      if (isException[i]) {
        out.varint(i - next);
        out.bytes(from, at + i * width, width);
        next = i + 1;
      }
    }
  }
}
