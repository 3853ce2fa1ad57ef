package llm265.packed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.data.symbol.ByteSink;
import llm265.data.symbol.DataKernels;
import llm265.data.symbol.Frequencies;
import llm265.data.symbol.SymbolTables;

/** Writes what {@link SequenceReader} reads: it collects sequences, and codes them from the last to the first. */
final class SequenceWriter {
  /** What coding must save of raw bits. */
  private static final double CLEARLY_LESS = 0.995;

  private final DataKernels kernels = DataKernels.ACTIVE;
  private final ByteSink head = new ByteSink(1 << 12);
  private final ByteSink table = new ByteSink(1 << 9);
  private final ByteSink raw = new ByteSink(1 << 12);
  private final List<Coded> sequences = new ArrayList<>();
  private final int[] states = new int[DataKernels.MOST_LANES];
  private byte[] symbols = new byte[1 << 16];
  private int used;
  private byte[] words = new byte[0];
  private int lanes;

  private record Coded(int at, int steps, SymbolTables tables) {}

  void begin(int laneCount) {
    lanes = laneCount;
    head.clear();
    raw.clear();
    sequences.clear();
    used = 0;
  }

  ByteSink head() {
    return head;
  }

  void write(int bits, byte[] from, int at, int count) {
    if (count == 0) {
      return;
    }
    int[] occurrences = new int[1 << bits];
    int mask = occurrences.length - 1;
    for (int i = 0; i < count; i++) {
      occurrences[from[at + i] & mask]++;
    }
    int different = 0;
    int most = 0;
    for (int s = 0; s < occurrences.length; s++) {
      different += occurrences[s] > 0 ? 1 : 0;
      most = occurrences[s] > occurrences[most] ? s : most;
    }
    if (different == 1) {
      head.u8(SequenceReader.CONSTANT);
      head.u8(most);
      return;
    }
    Frequencies frequencies = Frequencies.of(occurrences);
    table.clear();
    frequencies.write(table);
    double coded = 8.0 * table.size();
    for (int s = 0; s < occurrences.length; s++) {
      coded += occurrences[s] == 0 ? 0 : occurrences[s] * ClassSearch.bits(frequencies.counts()[s]);
    }
    if (coded > CLEARLY_LESS * bits * count) {
      head.u8(SequenceReader.RAW);
      writeRaw(bits, from, at, count);
      return;
    }
    boolean isFew = different <= DataKernels.FEW;
    head.u8(isFew ? SequenceReader.FEW : SequenceReader.MANY);
    head.bytes(table.array(), 0, table.size());
    int steps = Math.ceilDiv(count, lanes);
    if (symbols.length < used + steps * lanes) {
      symbols = Arrays.copyOf(symbols, Math.max(2 * symbols.length, used + steps * lanes));
    }
    System.arraycopy(from, at, symbols, used, count);
    Arrays.fill(symbols, used + count, used + steps * lanes, (byte) most);
    sequences.add(new Coded(used, steps, new SymbolTables(frequencies, isFew)));
    used += steps * lanes;
  }

  private void writeRaw(int bits, byte[] from, int at, int count) {
    if (bits == 8) {
      raw.bytes(from, at, count);
      return;
    }
    int pending = 0;
    int left = 0;
    for (int i = 0; i < count; i++) {
      pending |= (from[at + i] & ((1 << bits) - 1)) << left;
      left += bits;
      if (left >= 8) {
        raw.u8(pending);
        pending >>>= 8;
        left -= 8;
      }
    }
    if (left > 0) {
      raw.u8(pending);
    }
  }

  /** Writes the chunk's parts: the sizes of head and words, the head, states, words and raw bits. */
  void end(ByteSink out) {
    // A symbol of frequency 1 takes a word at most.
    int room = 2 * used + 2 * DataKernels.SLACK;
    if (words.length < room) {
      words = new byte[room];
    }
    Arrays.fill(states, SequenceReader.FIRST_STATE);
    int end = words.length;
    byte[] some = new byte[0];
    for (Coded sequence : sequences.reversed()) {
      int count = sequence.steps * lanes;
      if (some.length < count) {
        some = new byte[count];
      }
      System.arraycopy(symbols, sequence.at, some, 0, count);
      end = kernels.encode(
          some, lanes, sequence.steps, sequence.tables.codes(), sequence.tables.slots(), states, words, end);
    }
    out.varint(head.size());
    out.varint(words.length - end);
    out.bytes(head.array(), 0, head.size());
    for (int lane = 0; lane < lanes; lane++) {
      out.u32(states[lane]);
    }
    out.bytes(words, end, words.length - end);
    out.bytes(raw.array(), 0, raw.size());
  }
}
