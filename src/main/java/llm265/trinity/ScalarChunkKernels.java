package llm265.trinity;

import java.util.Arrays;

/** The reference of {@link ChunkKernels}: each lane by itself, as SPEC.md tells it. */
public final class ScalarChunkKernels implements ChunkKernels {
  private static final int WORD_BITS = 16;

  @Override
  public void search(
      float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, float[] costs, int length,
      byte[] classes, int[] codes, int[] decisions, float[] metrics) {
    for (int lane = 0; lane < LANES; lane++) {
      searchLane(values, from, steps, centre, inverseStep, trellis, costs, length, classes, codes, decisions, metrics, lane);
    }
  }

  private static void searchLane(
      float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, float[] costs, int length,
      byte[] classes, int[] codes, int[] decisions, float[] metrics, int lane) {
    int states = trellis.states();
    int words = Math.ceilDiv(states, 32);
    int[] evens = new int[states];
    int[] odds = new int[states];
    for (int s = 0; s < states; s++) {
      evens[s] = trellis.previous(s, 0);
      odds[s] = trellis.previous(s, 1);
    }
    Arrays.fill(metrics, 0, states, UNREACHED);
    metrics[0] = 0;
    int now = 0;
    for (int t = 0; t < steps; t++) {
      int i = t * LANES + lane;
      float a = steps(values[from + i], centre, inverseStep);
      int table = classes == null ? 0 : 2 * length * classes[i];
      int next = states - now;
      Arrays.fill(decisions, i * words, (i + 1) * words, 0);
      // States of the first quantizer come first.
      int half = Math.max(1, states / 2);
      for (int first = 0; first < states; first += half) {
        int quantizer = first == 0 ? 0 : 1;
        float even = evenCost(a, quantizer, costs, table, length);
        float odd = cost(a, quantizer, magnitude(a, quantizer, 1), costs, table, length);
        for (int s = first; s < first + half; s++) {
          float byEven = metrics[now + evens[s]] + even;
          float byOdd = metrics[now + odds[s]] + odd;
          metrics[next + s] = Math.min(byEven, byOdd);
          decisions[i * words + s / 32] |= (byOdd < byEven ? 1 : 0) << s;
        }
      }
      now = next;
      if (t % METRIC_STEPS == METRIC_STEPS - 1) {
        float least = metrics[now];
        for (int s = 0; s < states; s++) {
          metrics[now + s] -= least;
        }
      }
    }
    int state = 0;
    for (int s = 1; s < states; s++) {
      state = metrics[now + s] < metrics[now + state] ? s : state;
    }
    for (int t = steps - 1; t >= 0; t--) {
      int i = t * LANES + lane;
      int parity = (decisions[i * words + state / 32] >>> state) & 1;
      int quantizer = states == 1 ? 0 : state >>> (trellis.stateBits() - 1);
      float a = steps(values[from + i], centre, inverseStep);
      int table = classes == null ? 0 : 2 * length * classes[i];
      int k = magnitude(a, quantizer, parity);
      if (parity == 0 && cost(a, quantizer, 0, costs, table, length) < cost(a, quantizer, k, costs, table, length)) {
        k = 0;
      }
      int sign = Float.floatToRawIntBits((values[from + i] - centre) * inverseStep) >>> 31;
      codes[i] = (k << 2) | (sign << 1) | quantizer;
      state = trellis.previous(state, parity);
    }
  }

  private static float steps(float value, float centre, float inverseStep) {
    return Math.min(Math.abs((value - centre) * inverseStep), GREATEST_STEPS);
  }

  /** The nearest magnitude of a parity. */
  private static int magnitude(float a, int quantizer, int parity) {
    float rest = quantizer == 0 ? 2 * parity : 3 - 2 * parity;
    float u = rest + 4 * Math.max(0, (float) Math.rint((a - rest) * 0.25f));
    return ((int) u + quantizer) >> 1;
  }

  /** The cost of the nearest even magnitude, or of zero. */
  private static float evenCost(float a, int quantizer, float[] costs, int table, int length) {
    return Math.min(
        cost(a, quantizer, magnitude(a, quantizer, 0), costs, table, length), cost(a, quantizer, 0, costs, table, length));
  }

  private static float cost(float a, int quantizer, int k, float[] costs, int table, int length) {
    float error = a - Trellis.steps(quantizer, k);
    return error * error + costs[table + quantizer * length + Math.min(k, length - 1)];
  }

  @Override
  public int encode(
      int[] codes, int steps, int tail, int[] symbols, int length, int[] slots, byte[] classes, int[] states, byte[] out,
      int end, int[] scratch) {
    int at = end;
    for (int t = steps - 1; t >= 0; t--) {
      int renormalizes = t < steps - tail ? -1 : 0;
      for (int lane = LANES - 1; lane >= 0; lane--) {
        int code = codes[t * LANES + lane];
        int symbol = symbols[EncoderTables.index(code, classes == null ? 0 : classes[t * LANES + lane], length)];
        if ((symbol & (1 << EncoderTables.ESCAPE_SHIFT)) != 0) {
          at = putWord(out, at, code >>> 2);
        }
      }
      for (int lane = LANES - 1; lane >= 0; lane--) {
        int i = t * LANES + lane;
        int valueClass = classes == null ? 0 : classes[i];
        int symbol = symbols[EncoderTables.index(codes[i], valueClass, length)];
        int frequency = symbol & (TokenTables.SLOTS - 1);
        int state = states[lane];
        // Written in any case; it stays only where the state gives it away.
        putWord(out, at, state);
        int isLong = ~(((state >>> (20 - EncoderTables.rawBits(symbol))) - frequency) >> 31) & renormalizes;
        at -= isLong & 2;
        states[lane] = EncoderTables.push(
            state >>> (isLong & WORD_BITS), symbol, codes[i], slots, valueClass * EncoderTables.SLOTS);
      }
    }
    Arrays.fill(out, at - CLEARED, at, (byte) 0);
    return at;
  }

  private static int putWord(byte[] out, int at, int word) {
    out[at - 2] = (byte) word;
    out[at - 1] = (byte) (word >>> 8);
    return at - 2;
  }

  @Override
  public void decode(
      byte[] in, int[] at, int[] ends, int[] tails, int steps, Trellis trellis, int[] states, int[] tables, int[] bases,
      byte[] classes, float scale, float offset, float[] out, int outAt, int[] scratch) {
    for (int chunk = 0; chunk < at.length; chunk++) {
      at[chunk] = decodeChunk(
          in, at[chunk], ends[chunk], steps - tails[chunk], steps, trellis, states, chunk * LANES, tables, bases, classes,
          scale, offset, out, outAt + chunk * LANES * steps, chunk * LANES * steps);
    }
  }

  private static int decodeChunk(
      byte[] in, int begin, int end, int renormalized, int steps, Trellis trellis, int[] states, int lanes, int[] tables,
      int[] bases, byte[] classes, float scale, float offset, float[] out, int outAt, int classAt) {
    int at = begin;
    int[] trellisStates = new int[LANES];
    boolean[] escaped = new boolean[LANES];
    int[] raws = new int[LANES];
    int[] magnitudes = new int[LANES];
    for (int t = 0; t < steps && (at <= end || t % CHECKED_STEPS != 0); t++) {
      int renormalizes = t < renormalized ? -1 : 0;
      for (int lane = 0; lane < LANES; lane++) {
        int valueClass = classes == null ? 0 : classes[classAt + t * LANES + lane];
        int state = states[lanes + lane];
        int slot = state & (TokenTables.SLOTS - 1);
        int word = TokenTables.word(tables, valueClass * TokenTables.DECODER_LENGTH, trellisStates[lane] & 1, slot);
        int token = word & (Alphabet.TOKENS - 1);
        int rawBits = (word >>> TokenTables.RAW_BITS_SHIFT) & 7;
        int frequency = (word >>> TokenTables.FREQUENCY_SHIFT) & (TokenTables.SLOTS - 1);
        int place = (slot & (TokenTables.BUCKET_SLOTS - 1)) + (word >> TokenTables.ADJUSTMENT_SHIFT);
        int y = frequency * (state >>> TokenTables.SLOT_BITS) + place;
        raws[lane] = y & ((1 << rawBits) - 1);
        escaped[lane] = token == Alphabet.ESCAPE;
        magnitudes[lane] = (bases[valueClass * Alphabet.TOKENS + token] + raws[lane]) >>> 1;
        state = y >>> rawBits;
        // All ones below 2^16. A branch that depends on noise costs more than what it saves, here and below.
        int isShort = (((state >>> WORD_BITS) - 1) >> 31) & renormalizes;
        states[lanes + lane] = (state << (isShort & WORD_BITS)) + (word(in, at) & isShort);
        at += isShort & 2;
      }
      for (int lane = 0; lane < LANES; lane++) {
        if (escaped[lane]) {
          magnitudes[lane] = word(in, at);
          at += 2;
        }
        float deviation = Trellis.steps(trellisStates[lane] & 1, magnitudes[lane]) * scale;
        out[outAt + t * LANES + lane] =
            Float.intBitsToFloat(Float.floatToRawIntBits(deviation) ^ (raws[lane] << 31)) + offset;
        trellisStates[lane] = trellis.next(trellisStates[lane], magnitudes[lane]);
      }
    }
    return at;
  }

  private static int word(byte[] in, int at) {
    return (in[at] & 0xFF) + ((in[at + 1] & 0xFF) << 8);
  }
}
