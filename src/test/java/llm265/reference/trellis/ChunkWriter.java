package llm265.reference.trellis;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes chunks of any values, backwards, as SPEC.md, "Chunks", has them read. */
final class ChunkWriter {
  private final int stateBits;
  private final TextLaw[] lawOf;
  private final int steps;
  private final int[] quantizers;
  private final int[] tokens;
  private final int[] raws;
  private final int[] words;

  /**
   * Takes values.
   *
   * @param lawOf the law of each value
   * @param magnitudes of each value, up to 65535
   * @param escapes which values are to be escapes though they have a token
   */
  ChunkWriter(int stateBits, TextLaw[] lawOf, int[] magnitudes, boolean[] negative, boolean[] escapes) {
    this.stateBits = stateBits;
    this.lawOf = lawOf;
    this.steps = (lawOf.length + 15) / 16;
    this.quantizers = new int[16 * steps];
    this.tokens = new int[16 * steps];
    this.raws = new int[16 * steps];
    this.words = new int[16 * steps];
    int[] states = new int[16];
    for (int i = 0; i < 16 * steps; i++) {
      TextLaw law = law(i);
      int q = states[i % 16] & 1;
      // What stands for no value is something, too.
      int k = i < magnitudes.length ? magnitudes[i] : i % 5;
      boolean minus = i < magnitudes.length ? negative[i] : i % 3 == 0;
      int t = TextLaw.tokenOf(law.alphabet, k);
      if (law.frequencies[q][t] == 0 || i < escapes.length && escapes[i]) {
        t = TextLaw.ESCAPE;
      }
      quantizers[i] = q;
      tokens[i] = t;
      words[i] = k;
      int sign = minus ? 1 : 0;
      raws[i] = t == TextLaw.ESCAPE ? sign : t == 0 ? 0 : 2 * (k - TextLaw.base(law.alphabet, t)) + sign;
      states[i % 16] = TextChunk.nextState(stateBits, states[i % 16], k);
    }
  }

  private TextLaw law(int i) {
    return lawOf[Math.min(i, lawOf.length - 1)];
  }

  /** The level of value i: a token 0 has no sign. */
  int level(int i) {
    int level = TextChunk.level(words[i], quantizers[i], (raws[i] & 1) == 1);
    return tokens[i] == 0 ? 0 : level;
  }

  /** The chunk with the longest tail up to one. */
  byte[] withTailUpTo(int tail, Random random) {
    for (int t = Math.min(tail, Math.min(255, steps)); t >= 0; t--) {
      byte[] bytes = withTail(t, random);
      if (bytes != null) {
        return bytes;
      }
    }
    throw new IllegalStateException("no tail fits");
  }

  /** The chunk, or null where that tail cannot be. */
  byte[] withTail(int tail, Random random) {
    long[] x = new long[16];
    for (int lane = 0; lane < 16; lane++) {
      // Where words are read in the last step, a lane ends at 2^16.
      x[lane] = tail == 0 ? 1 << 16 : 1L << (16 - random.nextInt(3) * random.nextInt(9));
    }
    List<Integer> reversed = new ArrayList<>();
    for (int step = steps - 1; step >= 0; step--) {
      boolean inTail = step >= steps - tail;
      for (int lane = 15; lane >= 0; lane--) {
        if (tokens[16 * step + lane] == TextLaw.ESCAPE) {
          reversed.add(words[16 * step + lane]);
        }
      }
      for (int lane = 15; lane >= 0; lane--) {
        if (!inTail && x[lane] < 1 << 16) {
          return null;
        }
        long before = before(16 * step + lane, x[lane]);
        if (before >= 1L << 32 && inTail) {
          return null;
        }
        if (before >= 1L << 32) {
          reversed.add((int) (x[lane] & 0xFFFF));
          before = before(16 * step + lane, x[lane] >> 16);
        }
        x[lane] = before;
      }
    }
    Out out = new Out().u8(tail);
    for (int lane = 0; lane < 16; lane += 2) {
      if (x[lane] < 1 << 16 || x[lane + 1] < 1 << 16) {
        return null;
      }
      out.u8(length(x[lane]) + 16 * length(x[lane + 1]));
    }
    long waiting = 0;
    int count = 0;
    for (int lane = 0; lane < 16; lane++) {
      int bits = 16 + length(x[lane]);
      waiting |= (x[lane] & ((1L << bits) - 1)) << count;
      for (count += bits; count >= 8; count -= 8) {
        out.u8((int) (waiting & 0xFF));
        waiting >>= 8;
      }
    }
    if (count > 0) {
      out.u8((int) waiting);
    }
    reversed.reversed().forEach(word -> out.little(word, 2));
    return out.toByteArray();
  }

  private static int length(long x) {
    return 47 - Long.numberOfLeadingZeros(x);
  }

  /** The state from which a decoder comes to x with value i. */
  private long before(int i, long x) {
    TextLaw law = law(i);
    int q = quantizers[i];
    int t = tokens[i];
    int f = law.frequencies[q][t];
    long y = (x << TextLaw.RAW_BITS[law.alphabet][t]) + raws[i];
    return 4096 * (y / f) + law.slot(q, t, (int) (y % f));
  }
}
