package llm265.reference.trellis;

/** A chunk by the text of SPEC.md, "Trellis" and "Chunks", one value at a time. */
final class TextChunk {
  private static final int[] H0 = {0, -1, 05, 013, 023, 045, 0103, 0235, 0515};
  private static final int[] H1 = {0, -1, 02, 04, 04, 010, 024, 0126, 0362};

  private TextChunk() {}

  static int nextState(int stateBits, int state, int magnitude) {
    int q = state & 1;
    return (state >> 1) ^ (q == 1 ? H0[stateBits] >> 1 : 0) ^ ((magnitude & 1) == 1 ? H1[stateBits] >> 1 : 0);
  }

  static int level(int magnitude, int quantizer, boolean negative) {
    int u = Math.max(2 * magnitude - quantizer, 0);
    return negative ? -u : u;
  }

  /** Decodes into levels[first] and so on; a value has one law. */
  static void decode(Fields chunk, int stateBits, TextLaw[] laws, int[] levels, int first, int count) {
    int steps = (count + 15) / 16;
    int tail = chunk.u8();
    Refused.unless(tail <= steps, "tail");
    int[] lengths = new int[16];
    int bits = 0;
    for (int lane = 0; lane < 16; lane += 2) {
      int both = chunk.u8();
      lengths[lane] = both & 15;
      lengths[lane + 1] = both >> 4;
      bits += 32 + lengths[lane] + lengths[lane + 1];
    }
    boolean[] stateBitsOfAll = new boolean[(bits + 7) / 8 * 8];
    for (int i = 0; i < stateBitsOfAll.length; i += 8) {
      int next = chunk.u8();
      for (int b = 0; b < 8; b++) {
        stateBitsOfAll[i + b] = ((next >> b) & 1) == 1;
      }
    }
    for (int i = bits; i < stateBitsOfAll.length; i++) {
      Refused.unless(!stateBitsOfAll[i], "fill bits behind the states");
    }
    long[] x = new long[16];
    for (int lane = 0, at = 0; lane < 16; lane++) {
      for (int i = 0; i < 16 + lengths[lane]; i++) {
        x[lane] |= stateBitsOfAll[at++] ? 1L << i : 0;
      }
      x[lane] += 1L << (16 + lengths[lane]);
    }
    int[] states = new int[16];
    for (int step = 0; step < steps; step++) {
      int[] tokens = new int[16];
      int[] raws = new int[16];
      for (int lane = 0; lane < 16; lane++) {
        TextLaw law = laws[Math.min(16 * step + lane, count - 1)];
        int q = states[lane] & 1;
        int slot = (int) (x[lane] & 4095);
        int t = law.tokens[q][slot];
        int n = TextLaw.RAW_BITS[law.alphabet][t];
        long y = (law.frequencies[q][t] * (x[lane] >> 12) + law.places[q][slot]) & 0xFFFF_FFFFL;
        tokens[lane] = t;
        raws[lane] = (int) (y & ((1L << n) - 1));
        x[lane] = y >> n;
        if (step < steps - tail && x[lane] < 1 << 16) {
          x[lane] = (x[lane] << 16) + chunk.little(2);
        }
      }
      for (int lane = 0; lane < 16; lane++) {
        int i = 16 * step + lane;
        TextLaw law = laws[Math.min(i, count - 1)];
        int magnitude = tokens[lane] == TextLaw.ESCAPE ? (int) chunk.little(2)
            : TextLaw.base(law.alphabet, tokens[lane]) + (raws[lane] >> 1);
        if (i < count) {
          levels[first + i] = level(magnitude, states[lane] & 1, (raws[lane] & 1) == 1);
        }
        states[lane] = nextState(stateBits, states[lane], magnitude);
      }
    }
    Refused.unless(chunk.atEnd(), "words left");
    for (long last : x) {
      Refused.unless(Long.bitCount(last) == 1 && last <= 1 << 16, "a lane's last state");
    }
  }
}
