package llm265.trinity;

import java.util.Arrays;

/** The reference of {@link ChunkKernels}: each lane by itself, as SPEC.md tells it. */
public final class ScalarChunkKernels implements ChunkKernels {
  private static final int WORD_BITS = 16;

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
