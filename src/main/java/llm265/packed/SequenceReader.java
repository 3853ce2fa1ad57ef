package llm265.packed;

import java.util.Arrays;
import llm265.data.symbol.ByteSource;
import llm265.data.symbol.DataKernels;
import llm265.data.symbol.Frequencies;
import llm265.data.symbol.SymbolTables;
import llm265.h264.MalformedStreamException;

/**
 * Reads the sequences of symbols of a chunk, one behind the other: all have the same lanes and words. SPEC.md, "Sequences".
 *
 * <p>Nothing but {@link MalformedStreamException} escapes, on any bytes.
 */
final class SequenceReader {
  static final int RAW = 0;
  static final int CONSTANT = 1;
  static final int FEW = 2;
  static final int MANY = 3;

  /** A lane's state before its first symbol is coded, which decoding ends with. */
  static final int FIRST_STATE = 1 << 16;

  static final String CLAUSE = "SPEC.md, Packed tensors";

  private final DataKernels kernels = DataKernels.ACTIVE;
  private final int[] states = new int[DataKernels.MOST_LANES];
  private byte[] in;
  private ByteSource head;
  private int lanes;
  private int wordsAt;
  private int wordsEnd;
  private int rawAt;
  private int rawEnd;

  /**
   * Begins a chunk.
   *
   * @param bytes has {@link DataKernels#SLACK} bytes behind {@code end}
   * @param source of all that comes before the states; its bytes end with them
   */
  void begin(byte[] bytes, ByteSource source, int laneCount, int statesAt, int wordBytes, int end) {
    in = bytes;
    head = source;
    lanes = laneCount;
    ByteSource numbers = new ByteSource(bytes, statesAt, end, CLAUSE);
    for (int lane = 0; lane < lanes; lane++) {
      states[lane] = (int) numbers.number("state", 4);
    }
    wordsAt = numbers.skip("words", wordBytes);
    wordsEnd = wordsAt + wordBytes;
    rawAt = wordsEnd;
    rawEnd = end;
  }

  ByteSource head() {
    return head;
  }

  /** Symbols of a sequence with those that fill up its last step. */
  int padded(int count) {
    return Math.ceilDiv(count, lanes) * lanes;
  }

  /**
   * Reads a sequence.
   *
   * @param bits of its symbols
   * @param out has room for as many more symbols as {@link #padded} says from {@code at} on, and {@link DataKernels#SLACK} bytes
   */
  void read(int bits, int count, byte[] out, int at) {
    if (count == 0) {
      return;
    }
    int kind = head.u8("sequence");
    switch (kind) {
      case RAW -> readRaw(bits, count, out, at);
      case CONSTANT -> {
        int symbol = head.u8("symbol");
        if (symbol >> bits != 0) {
          throw head.fault("symbol", "has too many bits");
        }
        Arrays.fill(out, at, at + count, (byte) symbol);
      }
      case FEW, MANY -> {
        boolean isFew = kind == FEW;
        Frequencies frequencies = Frequencies.read(head, bits, isFew ? DataKernels.FEW : 1 << bits);
        int[] tables = new SymbolTables(frequencies, isFew).decoder();
        int steps = Math.ceilDiv(count, lanes);
        wordsAt = isFew
            ? kernels.decodeFew(in, wordsAt, wordsEnd, lanes, steps, states, tables, out, at)
            : kernels.decodeMany(in, wordsAt, wordsEnd, lanes, steps, states, tables, 0, out, at);
        if (wordsAt > wordsEnd) {
          throw head.fault("words", "are too few");
        }
      }
      default -> throw head.fault("sequence", "has a kind that there is not");
    }
  }

  private void readRaw(int bits, int count, byte[] out, int at) {
    int bytes = (int) (((long) bits * count + 7) / 8);
    if (bytes > rawEnd - rawAt) {
      throw head.fault("raw bits", "are too few");
    }
    if (bits == 8) {
      System.arraycopy(in, rawAt, out, at, count);
    } else {
      int mask = (1 << bits) - 1;
      int from = rawAt;
      int pending = 0;
      int left = 0;
      for (int i = 0; i < count; i++) {
        if (left < bits) {
          pending |= (in[from++] & 0xFF) << left;
          left += 8;
        }
        out[at + i] = (byte) (pending & mask);
        pending >>>= bits;
        left -= bits;
      }
    }
    rawAt += bytes;
  }

  /** Checks that the chunk has nothing more. */
  void end() {
    boolean isWhole = wordsAt == wordsEnd;
    for (int lane = 0; lane < lanes; lane++) {
      isWhole &= states[lane] == FIRST_STATE;
    }
    if (!isWhole || rawAt != rawEnd || !head.isAtEnd()) {
      throw head.fault("chunk", "has other bytes than its symbols take");
    }
  }
}
