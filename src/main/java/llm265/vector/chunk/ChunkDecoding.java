package llm265.vector.chunk;

import java.util.Arrays;
import llm265.trinity.Alphabet;
import llm265.trinity.ChunkKernels;
import llm265.trinity.TokenTables;
import llm265.trinity.Trellis;
import llm265.vector.LaneIndex;

/** Divides chunks into steps that one of the ways of decoding takes: four chunks of a law, one of a law, a law for each lane. */
final class ChunkDecoding {
  private static final int LANES = ChunkKernels.LANES;
  static final int FOUR = 4;

  /** Words of a chunk that are unpacked at a time. */
  static final int WINDOW = 1 << 10;

  /** Words that four chunks may read before they look again. */
  private static final int AHEAD = ChunkKernels.SLACK / 2;

  /** Steps whose levels become values at a time, so that they are still near: 16 KB of four chunks. */
  private static final int STEPS = 64;

  /**
   * Places in the scratch, behind what the trellis does by the two lowest bits of a magnitude and a quantizer: indices to gather;
   * of four chunks the place of the next word, the place behind which they look again, what twice a place is less than the index
   * of its byte, values and words; trellis states of all chunks. Where one chunk is decoded, the first place receives the number
   * of steps done.
   */
  static final int INDICES = LANES;

  static final int PLACES = 2 * LANES;
  static final int LIMITS = PLACES + FOUR;
  static final int BYTES = LIMITS + FOUR;
  static final int VALUES = 3 * LANES;
  static final int WORDS = VALUES + FOUR * LANES;
  static final int PATHS = WORDS + FOUR * WINDOW;

  private ChunkDecoding() {}

  static void decode(
      byte[] in, int[] at, int[] ends, int[] tails, int steps, Trellis trellis, int[] states, int[] tables, int[] bases,
      byte[] classes, float scale, float offset, float[] out, int outAt, int[] scratch) {
    int chunks = at.length;
    for (int i = 0; i < LANES; i++) {
      scratch[i] = ((i & 1) == 0 ? 0 : trellis.h0()) ^ ((i & 2) == 0 ? 0 : trellis.h1());
    }
    Arrays.fill(scratch, PATHS, PATHS + LANES * chunks, 0);
    boolean ofOneLaw = classes == null || ChunkClasses.isUniform(classes, 0, LANES * steps * chunks);
    int law = classes == null || steps == 0 ? 0 : classes[0];
    int done = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      if (chunk % FOUR == 0) {
        done = 0;
        if (ofOneLaw && LaneIndex.LANES == LANES && chunk <= chunks - FOUR) {
          done = decodeFour(
              in, at, ends, tails, chunk, steps, states, tables, bases, law, scale, offset, out, outAt + LANES * steps * chunk,
              scratch);
        }
      }
      decodeRest(
          in, at, ends, tails, chunk, done, steps, states, tables, bases, ofOneLaw ? null : classes, law, scale, offset, out,
          outAt, scratch);
    }
  }

  /** Decodes steps that four chunks from {@code first} on have before their tails; returns how many. */
  private static int decodeFour(
      byte[] in, int[] at, int[] ends, int[] tails, int first, int chunkSteps, int[] states, int[] tables, int[] bases, int law,
      float scale, float offset, float[] out, int outAt, int[] scratch) {
    int steps = chunkSteps;
    for (int i = 0; i < FOUR; i++) {
      steps = Math.min(steps, chunkSteps - tails[first + i]);
    }
    int stride = LANES * chunkSteps;
    int done = 0;
    for (int i = 0; i < FOUR; i++) {
      scratch[PLACES + i] = WORDS + (i + 1) * WINDOW;
    }
    while (steps - done >= ChunkKernels.CHECKED_STEPS && isWithin(at, ends, first)) {
      for (int i = 0; i < FOUR; i++) {
        look(in, at[first + i], ends[first + i], i, scratch);
      }
      int outPlace = outAt + LANES * done;
      int count = ChunkDecoding16.decodeFour(
          first, Math.min(STEPS, steps - done), states, scratch, tables, law * TokenTables.DECODER_LENGTH, bases,
          law * Alphabet.TOKENS, out, outPlace, stride);
      done += count;
      for (int i = 0; i < FOUR; i++) {
        at[first + i] = scratch[BYTES + i] + 2 * scratch[PLACES + i];
        ChunkWords.dequantize(out, outPlace + i * stride, count, scale, offset);
      }
    }
    return done;
  }

  private static boolean isWithin(int[] at, int[] ends, int first) {
    for (int i = first; i < first + FOUR; i++) {
      if (at[i] > ends[i]) {
        return false;
      }
    }
    return true;
  }

  /** Sees to it that words of some steps are unpacked, those behind the end included. */
  private static void look(byte[] in, int at, int end, int chunk, int[] scratch) {
    int window = WORDS + chunk * WINDOW;
    if (scratch[PLACES + chunk] > window + WINDOW - AHEAD) {
      ChunkWords.unpack(in, at, scratch, window);
      scratch[PLACES + chunk] = window;
      scratch[BYTES + chunk] = at - 2 * window;
    }
    scratch[LIMITS + chunk] = Math.min((end - scratch[BYTES + chunk]) / 2, window + WINDOW - AHEAD);
  }

  /** Decodes what steps a chunk has behind the first {@code done}. */
  private static void decodeRest(
      byte[] in, int[] at, int[] ends, int[] tails, int chunk, int done, int steps, int[] states, int[] tables, int[] bases,
      byte[] classes, int onlyLaw, float scale, float offset, float[] out, int outAt, int[] scratch) {
    int values = chunk * LANES * steps;
    int lanes = chunk * LANES;
    int renormalized = steps - tails[chunk];
    int place = at[chunk];
    int t = done;
    while (t < steps && place >= 0) {
      int i = values + t * LANES;
      int most = Math.min(STEPS, steps - t);
      int run = classes == null ? most : ChunkClasses.run(classes, i, most);
      int to = t + Math.abs(run);
      int law = classes == null ? onlyLaw : classes[i];
      if (LaneIndex.LANES != LANES) {
        place = ChunkDecoding8.decode(
            in, place, ends[chunk], t, to, renormalized, states, lanes, scratch, PATHS + lanes, tables, bases,
            run < 0 ? classes : null, values, law, out, outAt + values);
      } else if (run < 0) {
        place = ChunkClassDecoding16.decode(
            in, place, ends[chunk], t, to, renormalized, states, lanes, scratch, PATHS + lanes, tables, bases, classes, values,
            out, outAt + values);
      } else {
        place = ChunkRunDecoding16.decode(
            in, place, ends[chunk], t, to, renormalized, states, lanes, scratch, PATHS + lanes,
            tables, law * TokenTables.DECODER_LENGTH, bases, law * Alphabet.TOKENS, out, outAt + values);
      }
      ChunkWords.dequantize(out, outAt + i, scratch[PLACES], scale, offset);
      t = to;
    }
    at[chunk] = place < 0 ? ~place : place;
  }
}
