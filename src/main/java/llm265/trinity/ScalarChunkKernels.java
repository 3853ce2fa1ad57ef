package llm265.trinity;

import java.util.Arrays;

/** The reference of {@link ChunkKernels}: each lane by itself, as SPEC.md tells it. */
public final class ScalarChunkKernels implements ChunkKernels {
  private static final int WORD_BITS = 16;
  private static final int LEAST_STATE = 1 << WORD_BITS;

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
    Arrays.fill(metrics, 0, states, UNREACHED);
    metrics[0] = 0;
    float[] branches = new float[4];
    int now = 0;
    for (int t = 0; t < steps; t++) {
      int i = t * LANES + lane;
      float a = steps(values[from + i], centre, inverseStep);
      int table = classes == null ? 0 : 2 * length * classes[i];
      for (int b = 0; b < 4; b++) {
        int k = magnitude(a, b >> 1, b & 1, costs, table, length);
        branches[b] = cost(a, b >> 1, k, costs, table, length);
      }
      int next = states - now;
      Arrays.fill(decisions, i * words, (i + 1) * words, 0);
      for (int s = 0; s < states; s++) {
        int quantizer = states == 1 ? 0 : s >>> (trellis.stateBits() - 1);
        float even = metrics[now + trellis.previous(s, 0)] + branches[2 * quantizer];
        float odd = metrics[now + trellis.previous(s, 1)] + branches[2 * quantizer + 1];
        metrics[next + s] = Math.min(even, odd);
        if (odd < even) {
          decisions[i * words + s / 32] |= 1 << s;
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
      int k = magnitude(a, quantizer, parity, costs, classes == null ? 0 : 2 * length * classes[i], length);
      int sign = Float.floatToRawIntBits((values[from + i] - centre) * inverseStep) >>> 31;
      codes[i] = (k << 2) | (sign << 1) | quantizer;
      state = trellis.previous(state, parity);
    }
  }

  private static float steps(float value, float centre, float inverseStep) {
    return Math.min(Math.abs((value - centre) * inverseStep), GREATEST_STEPS);
  }

  private static int magnitude(float a, int quantizer, int parity, float[] costs, int table, int length) {
    float rest = quantizer == 0 ? 2 * parity : 3 - 2 * parity;
    float u = rest + 4 * Math.max(0, (float) Math.rint((a - rest) * 0.25f));
    int k = ((int) u + quantizer) >> 1;
    return parity == 0 && cost(a, quantizer, 0, costs, table, length) < cost(a, quantizer, k, costs, table, length) ? 0 : k;
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
        if (t < steps - tail && state >>> (20 - EncoderTables.rawBits(symbol)) >= frequency) {
          at = putWord(out, at, state);
          state >>>= WORD_BITS;
        }
        states[lane] = (int) EncoderTables.push(
            state & 0xFFFF_FFFFL, symbol, codes[i], slots, valueClass * EncoderTables.SLOTS);
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
        if (t < renormalized && Integer.compareUnsigned(state, LEAST_STATE) < 0) {
          state = (state << WORD_BITS) + word(in, at);
          at += 2;
        }
        states[lanes + lane] = state;
      }
      for (int lane = 0; lane < LANES; lane++) {
        if (escaped[lane]) {
          magnitudes[lane] = word(in, at);
          at += 2;
        }
        float deviation = Trellis.steps(trellisStates[lane] & 1, magnitudes[lane]) * scale;
        out[outAt + t * LANES + lane] = ((raws[lane] & 1) == 0 ? deviation : -deviation) + offset;
        trellisStates[lane] = trellis.next(trellisStates[lane], magnitudes[lane]);
      }
    }
    return at;
  }

  private static int word(byte[] in, int at) {
    return (in[at] & 0xFF) + ((in[at + 1] & 0xFF) << 8);
  }
}
