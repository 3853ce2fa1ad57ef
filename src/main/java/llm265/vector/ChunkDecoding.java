package llm265.vector;

import java.util.Arrays;
import llm265.trinity.Alphabet;
import llm265.trinity.ChunkKernels;
import llm265.trinity.TokenTables;
import llm265.trinity.Trellis;

/** Divides chunks into steps that one of the ways of decoding takes: four chunks of a law, one of a law, a law for each lane. */
final class ChunkDecoding {
  private static final int LANES = ChunkKernels.LANES;
  private static final int FOUR = 4;

  private ChunkDecoding() {}

  static void decode(
      byte[] in, int[] at, int[] ends, int[] tails, int steps, Trellis trellis, int[] states, int[] tables, int[] bases,
      byte[] classes, float scale, float offset, float[] out, int outAt, int[] scratch) {
    for (int i = 0; i < LANES; i++) {
      scratch[i] = ((i & 1) == 0 ? 0 : trellis.h0() | Integer.MIN_VALUE) ^ ((i & 2) == 0 ? 0 : trellis.h1());
    }
    int chunks = at.length;
    int[] paths = scratch;
    Arrays.fill(paths, VectorChunkKernels.PATHS, VectorChunkKernels.PATHS + LANES * chunks, 0);
    boolean ofOneLaw = classes == null || ChunkClasses.isUniform(classes, 0, LANES * steps * chunks);
    int first = 0;
    if (ofOneLaw) {
      int law = classes == null ? 0 : classes[0];
      for (; first <= chunks - FOUR; first += FOUR) {
        int untailed = steps;
        for (int i = first; i < first + FOUR; i++) {
          untailed = Math.min(untailed, steps - tails[i]);
        }
        int done = ChunkDecoding16.decodeFour(
            in, at, ends, first, untailed, states, scratch, tables, law * TokenTables.DECODER_LENGTH, bases,
            law * Alphabet.TOKENS, scale, offset, out, outAt + LANES * steps * first, LANES * steps);
        for (int i = first; i < first + FOUR; i++) {
          decodeRest(in, at, ends, tails, steps, states, tables, bases, null, law, scale, offset, out, outAt, scratch, i, done);
        }
      }
      for (; first < chunks; first++) {
        decodeRest(in, at, ends, tails, steps, states, tables, bases, null, law, scale, offset, out, outAt, scratch, first, 0);
      }
      return;
    }
    for (; first < chunks; first++) {
      decodeRest(in, at, ends, tails, steps, states, tables, bases, classes, 0, scale, offset, out, outAt, scratch, first, 0);
    }
  }

  private static void decodeRest(
      byte[] in, int[] at, int[] ends, int[] tails, int steps, int[] states, int[] tables, int[] bases, byte[] classes,
      int onlyLaw, float scale, float offset, float[] out, int outAt, int[] scratch, int chunk, int done) {
    int values = chunk * LANES * steps;
    int renormalized = steps - tails[chunk];
    int place = at[chunk];
    int t = done;
    while (t < steps && place >= 0) {
      int to = steps;
      boolean mixed = false;
      int law = onlyLaw;
      if (classes != null) {
        int i = values + t * LANES;
        law = classes[i];
        int run = ChunkClasses.run(classes, i, steps - t);
        mixed = run < 0;
        to = t + Math.abs(run);
      }
      if (mixed) {
        place = ChunkClassDecoding16.decode(
            in, place, ends[chunk], t, to, renormalized, states, chunk * LANES, scratch, VectorChunkKernels.PATHS + chunk * LANES,
            tables, bases, classes, values, scale, offset, out, outAt + values);
      } else {
        place = ChunkRunDecoding16.decode(
            in, place, ends[chunk], t, to, renormalized, states, chunk * LANES, scratch, VectorChunkKernels.PATHS + chunk * LANES,
            tables, law * TokenTables.DECODER_LENGTH, bases, law * Alphabet.TOKENS, scale, offset, out, outAt + values);
      }
      t = to;
    }
    at[chunk] = place < 0 ? ~place : place;
  }
}
