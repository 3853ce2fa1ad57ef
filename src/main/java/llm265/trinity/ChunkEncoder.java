package llm265.trinity;

import java.util.Arrays;

/**
 * Encodes chunks of values: first a search for their levels, then their bytes. Used by one thread at a time.
 *
 * <p>A chunk decodes by itself: its trellis paths begin in state 0, and its entropy coders end in known states. SPEC.md,
 * "Chunks".
 */
public final class ChunkEncoder {
  private static final int LANES = ChunkKernels.LANES;

  /** The tail's length is a byte. */
  private static final int MOST_TAIL = 255;

  private final int mostSteps;
  private final int[] codes;
  private final byte[] words;
  private final int[] states = new int[LANES];
  private final int[] scratch = new int[LANES];
  private final int[] pathStates = new int[LANES];
  private int[] segment = new int[0];
  private int[] decisions = new int[0];
  private float[] metrics = new float[0];
  private int steps;
  private byte[] classes;

  /** @param mostSteps steps of a chunk, of 16 values each, at most */
  public ChunkEncoder(int mostSteps) {
    this.mostSteps = mostSteps;
    codes = new int[mostSteps * LANES];
    // At most a word that renormalizes and an escape for each value.
    words = new byte[mostSteps * LANES * 4 + ChunkKernels.CLEARED];
  }

  /**
   * Steps of a quantizer.
   *
   * @param centre value of level 0
   * @param step difference of neighbouring points of both quantizers together: half that of each
   * @param lambda squared steps that a bit is worth
   */
  public record Quantizer(float centre, float step, double lambda) {}

  /**
   * Chooses the levels of a chunk.
   *
   * @param values {@code 16 * chunkSteps} finite values from {@code from} on
   * @param valueClasses class of each value; null for one class
   */
  public void search(
      float[] values, int from, int chunkSteps, Quantizer quantizer, Trellis trellis, Laws laws, byte[] valueClasses) {
    if (chunkSteps > mostSteps) {
      throw new IllegalArgumentException(chunkSteps + " steps are more than " + mostSteps);
    }
    steps = chunkSteps;
    classes = valueClasses;
    search(values, from, chunkSteps, quantizer, trellis, laws, valueClasses, null, codes);
  }

  /**
   * Begins a chunk whose levels are searched a segment after the other, by {@link #searchNext}: values may depend on the levels
   * of the segments before.
   *
   * @param valueClasses class of each value of the chunk; null for one class
   */
  public void begin(byte[] valueClasses) {
    steps = 0;
    classes = valueClasses;
    Arrays.fill(pathStates, 0);
  }

  /**
   * Chooses the levels of the next segment. The paths end in the states that cost least, and the next segment begins there: that
   * loses a little to a search of the whole.
   *
   * @param values {@code 16 * count} finite values from {@code from} on
   * @param count steps
   */
  public void searchNext(float[] values, int from, int count, Quantizer quantizer, Trellis trellis, Laws laws) {
    if (count > mostSteps - steps) {
      throw new IllegalArgumentException(steps + " and " + count + " steps are more than " + mostSteps);
    }
    if (segment.length < LANES * count) {
      segment = new int[LANES * mostSteps];
    }
    byte[] own = classes == null ? null : Arrays.copyOfRange(classes, LANES * steps, LANES * (steps + count));
    search(values, from, count, quantizer, trellis, laws, own, pathStates, segment);
    System.arraycopy(segment, 0, codes, LANES * steps, LANES * count);
    steps += count;
  }

  private void search(
      float[] values, int from, int count, Quantizer quantizer, Trellis trellis, Laws laws, byte[] valueClasses, int[] lanes,
      int[] found) {
    int words32 = Math.ceilDiv(trellis.states(), 32);
    if (decisions.length < mostSteps * LANES * words32) {
      decisions = new int[mostSteps * LANES * words32];
    }
    int room = 2 * LANES * trellis.states() + SearchKernels.BRANCHES;
    if (metrics.length < room) {
      metrics = new float[room];
    }
    EncoderTables tables = laws.encoder();
    SearchKernels.ACTIVE.search(
        values, from, count, quantizer.centre, 1 / quantizer.step, trellis, tables.costs(quantizer.lambda), tables.length(),
        valueClasses, lanes, found, decisions, metrics);
  }

  /** Writes the levels of the chunk, in steps with their signs, from {@code at} on. */
  public void levels(float[] levels, int at) {
    levels(codes, steps * LANES, levels, at);
  }

  /** Writes the levels of the last segment, which has {@code count} steps, from {@code at} on. */
  public void levelsOfLast(int count, float[] levels, int at) {
    levels(segment, count * LANES, levels, at);
  }

  private static void levels(int[] all, int count, float[] levels, int at) {
    for (int i = 0; i < count; i++) {
      // Without branches, so that C2 makes vectors of it.
      int code = all[i];
      int magnitude = Math.max(2 * (code >>> 2) - (code & 1), 0);
      int sign = -((code >> 1) & 1);
      levels[at + i] = (magnitude ^ sign) - sign;
    }
  }

  /** What the chunk takes with some laws, in bits: of its tokens, their raw bits and its escapes. */
  public double bits(Laws laws) {
    return laws.encoder().bits(codes, steps * LANES, classes);
  }

  /** Counts the chunk's magnitudes. */
  public void count(Histogram histogram) {
    for (int i = 0; i < steps * LANES; i++) {
      histogram.add(classes == null ? 0 : classes[i], codes[i] & 1, codes[i] >>> 2);
    }
  }

  /** Bytes of the chunk at most. */
  public int mostBytes() {
    return 1 + LaneStates.MOST_BYTES + 4 * LANES * steps;
  }

  /**
   * Writes the chunk from {@code at} on.
   *
   * @param out has room for {@link #mostBytes}
   * @return index behind it
   */
  public int write(Laws laws, byte[] out, int at) {
    EncoderTables tables = laws.encoder();
    int tail = tail(tables);
    int first = ChunkKernels.ACTIVE.encode(
        codes, steps, tail, tables.symbols(), tables.length(), tables.slots(), classes, states, words, words.length, scratch);
    out[at] = (byte) tail;
    int end = LaneStates.write(states, out, at + 1);
    System.arraycopy(words, first, out, end, words.length - first);
    return end + words.length - first;
  }

  /**
   * Sets the states behind the chunk to the least powers of two from which the longest tail reaches 2^16 and does not reach 2^32
   * in any lane; returns that tail's number of steps.
   */
  private int tail(EncoderTables tables) {
    int tail = Math.min(steps, MOST_TAIL);
    for (int lane = 0; lane < LANES; lane++) {
      tail = Math.min(tail, stepsBelowLimit(tables, lane, tail));
    }
    for (int lane = 0; lane < LANES; lane++) {
      int state = 1;
      while (behind(tables, lane, state, tail) >>> 16 == 0) {
        state <<= 1;
      }
      states[lane] = state;
    }
    return tail;
  }

  /** Last steps that a lane's state can take up from 1 on. */
  private int stepsBelowLimit(EncoderTables tables, int lane, int most) {
    long state = 1;
    for (int i = 0; i < most; i++) {
      state = pushed(tables, lane, state, steps - 1 - i);
      if (state >>> 32 != 0) {
        return i;
      }
    }
    return most;
  }

  private long behind(EncoderTables tables, int lane, long from, int tail) {
    long state = from;
    for (int i = 0; i < tail; i++) {
      state = pushed(tables, lane, state, steps - 1 - i);
    }
    return state;
  }

  private long pushed(EncoderTables tables, int lane, long state, int step) {
    int i = step * LANES + lane;
    int valueClass = classes == null ? 0 : classes[i];
    int symbol = tables.symbols()[EncoderTables.index(codes[i], valueClass, tables.length())];
    return EncoderTables.push(state, symbol, codes[i], tables.slots(), valueClass * EncoderTables.SLOTS);
  }
}
