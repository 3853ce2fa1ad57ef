package llm265.data.symbol;

import java.util.Arrays;
import llm265.h264.MalformedStreamException;

/**
 * How often symbols occur, of 4096: what a coder's tables are made of. At least two symbols have a frequency. SPEC.md,
 * "Symbols in lanes".
 */
public final class Frequencies {
  private static final int TOTAL = DataKernels.SLOTS;

  /** Codes of runs of zeros, and the least numbers of zeros that they stand for. */
  private static final int SHORT_RUN = 13;
  private static final int LONG_RUN = 14;
  private static final int LEAST_SHORT = 2;
  private static final int LEAST_LONG = 18;

  private final int[] counts;

  private Frequencies(int[] counts) {
    this.counts = counts;
  }

  /** By symbol; 0 for symbols that do not occur. */
  public int[] counts() {
    return counts;
  }

  /** Number of symbols that occur. */
  public int symbols() {
    return (int) Arrays.stream(counts).filter(count -> count > 0).count();
  }

  /**
   * Frequencies in proportion to how often symbols occur.
   *
   * @param occurrences by symbol, two or more of which occur
   */
  public static Frequencies of(int[] occurrences) {
    int[] counts = new int[occurrences.length];
    long sum = 0;
    for (int count : occurrences) {
      sum += count;
    }
    long[] rests = new long[occurrences.length];
    int left = TOTAL;
    int found = 0;
    for (int s = 0; s < counts.length; s++) {
      if (occurrences[s] > 0) {
        long share = (long) occurrences[s] * TOTAL;
        counts[s] = (int) Math.max(1, share / sum);
        rests[found++] = share < sum ? s : ((share % sum) << 8) | s;
        left -= counts[s];
      }
    }
    // Each symbol lacks less than 1, so that each gets one more at most.
    Arrays.sort(rests, 0, found);
    for (int i = found - 1; left > 0; i--, left--) {
      counts[(int) rests[i] & 0xFF]++;
    }
    for (; left < 0; left++) {
      counts[greatest(counts)]--;
    }
    return new Frequencies(counts);
  }

  private static int greatest(int[] values) {
    int greatest = 0;
    for (int i = 1; i < values.length; i++) {
      greatest = values[i] > values[greatest] ? i : greatest;
    }
    return greatest;
  }

  /** Writes them; each with the number of its bits first, until all are distributed. */
  public void write(ByteSink out) {
    int left = TOTAL;
    for (int s = 0; left > 0; ) {
      int count = counts[s];
      if (count > 0) {
        int bits = 32 - Integer.numberOfLeadingZeros(count);
        out.bits(bits, 4);
        out.bits(count & ((1 << (bits - 1)) - 1), bits - 1);
        left -= count;
        s++;
        continue;
      }
      int zeros = 1;
      while (counts[s + zeros] == 0) {
        zeros++;
      }
      if (zeros >= LEAST_LONG) {
        out.bits(LONG_RUN, 4);
        out.bits(zeros - LEAST_LONG, 8);
      } else if (zeros >= LEAST_SHORT) {
        out.bits(SHORT_RUN, 4);
        out.bits(zeros - LEAST_SHORT, 4);
      } else {
        out.bits(0, 4);
      }
      s += zeros;
    }
    out.align();
  }

  /**
   * Reads frequencies of symbols of some bits.
   *
   * @throws MalformedStreamException if they do not add up to 4096, or fewer than two or more than {@code most} occur
   */
  public static Frequencies read(ByteSource in, int symbolBits, int most) {
    int[] counts = new int[1 << symbolBits];
    int left = TOTAL;
    int symbols = 0;
    int s = 0;
    while (left > 0 && s < counts.length) {
      int code = in.bits(4);
      if (code > LONG_RUN) {
        throw in.fault("frequencies", "have a code that there is not");
      }
      if (code == SHORT_RUN || code == LONG_RUN) {
        s += code == SHORT_RUN ? LEAST_SHORT + in.bits(4) : LEAST_LONG + in.bits(8);
      } else if (code == 0) {
        s++;
      } else {
        counts[s] = (1 << (code - 1)) | in.bits(code - 1);
        left -= counts[s++];
        symbols++;
      }
    }
    if (left != 0 || symbols < 2 || symbols > most) {
      throw in.fault("frequencies", "do not add up to 4096, or are too many or too few");
    }
    in.align();
    return new Frequencies(counts);
  }
}
