package llm265.vector.chunk;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.trinity.ChunkKernels;
import llm265.trinity.TokenTables;

/**
 * Entropy decoding with vectors of 16 ints: all lanes of a chunk in one. A law's tables are six registers, in which a permutation
 * of two finds the words of 16 buckets.
 *
 * <p>Four chunks are decoded in lockstep, as one alone waits for its states: 3100 M values/s on a Zen 5, 1500 of one. Four times
 * the code is all that C2 takes in: with more than 40,000 nodes it leaves calls to the Vector API, and boxes. Conversions, which
 * are many nodes, are therefore done elsewhere, of words before and of values behind: {@link ChunkWords}. With all of them here
 * there were 3700 M values/s where no other code had used the Vector API before, and half of it where some had.
 */
final class ChunkDecoding16 {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final int LANES = ChunkKernels.LANES;
  private static final int STEPS = ChunkKernels.CHECKED_STEPS;
  private static final int WORD_BITS = 16;
  private static final int LEAST_STATE = 1 << WORD_BITS;
  private static final int BUCKETS = TokenTables.BUCKETS;
  private static final int VALUES = ChunkDecoding.VALUES;
  private static final int PLACES = ChunkDecoding.PLACES;
  private static final int LIMITS = ChunkDecoding.LIMITS;
  private static final int PATHS = ChunkDecoding.PATHS;
  /** Leaves the bucket above one bit, which is the quantizer's. */
  private static final int BUCKET_SHIFT = TokenTables.BUCKET_BITS - 1;

  private ChunkDecoding16() {}

  /**
   * Decodes steps of four chunks of one law in lockstep to levels, until one is behind its limit. Ends before steps that do not
   * fill {@link ChunkKernels#CHECKED_STEPS}; returns the number of steps.
   *
   * @param steps at most, none of them of a tail
   * @param scratch {@link ChunkDecoding}
   * @param out receives ints for {@link ChunkWords#dequantize}: twice a magnitude, the quantizer in the lowest bit, the sign in
   *     the highest
   * @param stride values from chunk to chunk
   */
  static int decodeFour(
      int from, int steps, int[] states, int[] scratch, int[] tables, int table, int[] bases, int base, float[] out, int outAt,
      int stride) {
    IntVector dividedLow = IntVector.fromArray(INTS, tables, table);
    IntVector dividedHigh = IntVector.fromArray(INTS, tables, table + LANES);
    IntVector beforeLow = IntVector.fromArray(INTS, tables, table + BUCKETS);
    IntVector beforeHigh = IntVector.fromArray(INTS, tables, table + BUCKETS + LANES);
    IntVector behindLow = IntVector.fromArray(INTS, tables, table + 2 * BUCKETS);
    IntVector behindHigh = IntVector.fromArray(INTS, tables, table + 2 * BUCKETS + LANES);
    IntVector leasts = IntVector.fromArray(INTS, bases, base);
    IntVector turns = IntVector.fromArray(INTS, scratch, 0);
    IntVector none = IntVector.zero(INTS);
    IntVector ones = IntVector.broadcast(INTS, -1);
    IntVector state0 = IntVector.fromArray(INTS, states, from * LANES);
    IntVector state1 = IntVector.fromArray(INTS, states, (from + 1) * LANES);
    IntVector state2 = IntVector.fromArray(INTS, states, (from + 2) * LANES);
    IntVector state3 = IntVector.fromArray(INTS, states, (from + 3) * LANES);
    IntVector path0 = IntVector.fromArray(INTS, scratch, PATHS + from * LANES);
    IntVector path1 = IntVector.fromArray(INTS, scratch, PATHS + (from + 1) * LANES);
    IntVector path2 = IntVector.fromArray(INTS, scratch, PATHS + (from + 2) * LANES);
    IntVector path3 = IntVector.fromArray(INTS, scratch, PATHS + (from + 3) * LANES);
    int at0 = scratch[PLACES];
    int at1 = scratch[PLACES + 1];
    int at2 = scratch[PLACES + 2];
    int at3 = scratch[PLACES + 3];
    int t = 0;
    for (; t <= steps - STEPS; t += STEPS) {
      if (at0 > scratch[LIMITS] || at1 > scratch[LIMITS + 1] || at2 > scratch[LIMITS + 2] || at3 > scratch[LIMITS + 3]) {
        break;
      }
      int to = outAt + (t + STEPS) * LANES;
      for (int o = outAt + t * LANES; o < to; o += LANES) {
        IntVector x0 = none.or(state0);
        IntVector bucket0 = x0.lanewise(VectorOperators.LSHR, BUCKET_SHIFT).lanewise(VectorOperators.BITWISE_BLEND, path0, 1);
        IntVector place0 = x0.and(TokenTables.BUCKET_SLOTS - 1);
        IntVector word0 = bucket0.selectFrom(behindLow, behindHigh).blend(bucket0.selectFrom(beforeLow, beforeHigh),
            place0.compare(VectorOperators.LT, bucket0.selectFrom(dividedLow, dividedHigh)));
        IntVector y0 = word0.lanewise(VectorOperators.LSHR, TokenTables.FREQUENCY_SHIFT).and(TokenTables.SLOTS - 1)
            .mul(x0.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS))
            .add(place0).add(word0.lanewise(VectorOperators.ASHR, TokenTables.ADJUSTMENT_SHIFT));
        IntVector rawBits0 = word0.lanewise(VectorOperators.LSHR, TokenTables.RAW_BITS_SHIFT).and(7);
        IntVector value0 = y0.lanewise(VectorOperators.AND_NOT, ones.lanewise(VectorOperators.LSHL, rawBits0))
            .add(word0.selectFrom(leasts));
        x0 = y0.lanewise(VectorOperators.LSHR, rawBits0);
        VectorMask<Integer> low0 = x0.compare(VectorOperators.ULT, LEAST_STATE);
        state0 = x0.lanewise(VectorOperators.LSHL, WORD_BITS, low0).or(IntVector.fromArray(INTS, scratch, at0).expand(low0));
        at0 += low0.trueCount();
        IntVector x1 = none.or(state1);
        IntVector bucket1 = x1.lanewise(VectorOperators.LSHR, BUCKET_SHIFT).lanewise(VectorOperators.BITWISE_BLEND, path1, 1);
        IntVector place1 = x1.and(TokenTables.BUCKET_SLOTS - 1);
        IntVector word1 = bucket1.selectFrom(behindLow, behindHigh).blend(bucket1.selectFrom(beforeLow, beforeHigh),
            place1.compare(VectorOperators.LT, bucket1.selectFrom(dividedLow, dividedHigh)));
        IntVector y1 = word1.lanewise(VectorOperators.LSHR, TokenTables.FREQUENCY_SHIFT).and(TokenTables.SLOTS - 1)
            .mul(x1.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS))
            .add(place1).add(word1.lanewise(VectorOperators.ASHR, TokenTables.ADJUSTMENT_SHIFT));
        IntVector rawBits1 = word1.lanewise(VectorOperators.LSHR, TokenTables.RAW_BITS_SHIFT).and(7);
        IntVector value1 = y1.lanewise(VectorOperators.AND_NOT, ones.lanewise(VectorOperators.LSHL, rawBits1))
            .add(word1.selectFrom(leasts));
        x1 = y1.lanewise(VectorOperators.LSHR, rawBits1);
        VectorMask<Integer> low1 = x1.compare(VectorOperators.ULT, LEAST_STATE);
        state1 = x1.lanewise(VectorOperators.LSHL, WORD_BITS, low1).or(IntVector.fromArray(INTS, scratch, at1).expand(low1));
        at1 += low1.trueCount();
        IntVector x2 = none.or(state2);
        IntVector bucket2 = x2.lanewise(VectorOperators.LSHR, BUCKET_SHIFT).lanewise(VectorOperators.BITWISE_BLEND, path2, 1);
        IntVector place2 = x2.and(TokenTables.BUCKET_SLOTS - 1);
        IntVector word2 = bucket2.selectFrom(behindLow, behindHigh).blend(bucket2.selectFrom(beforeLow, beforeHigh),
            place2.compare(VectorOperators.LT, bucket2.selectFrom(dividedLow, dividedHigh)));
        IntVector y2 = word2.lanewise(VectorOperators.LSHR, TokenTables.FREQUENCY_SHIFT).and(TokenTables.SLOTS - 1)
            .mul(x2.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS))
            .add(place2).add(word2.lanewise(VectorOperators.ASHR, TokenTables.ADJUSTMENT_SHIFT));
        IntVector rawBits2 = word2.lanewise(VectorOperators.LSHR, TokenTables.RAW_BITS_SHIFT).and(7);
        IntVector value2 = y2.lanewise(VectorOperators.AND_NOT, ones.lanewise(VectorOperators.LSHL, rawBits2))
            .add(word2.selectFrom(leasts));
        x2 = y2.lanewise(VectorOperators.LSHR, rawBits2);
        VectorMask<Integer> low2 = x2.compare(VectorOperators.ULT, LEAST_STATE);
        state2 = x2.lanewise(VectorOperators.LSHL, WORD_BITS, low2).or(IntVector.fromArray(INTS, scratch, at2).expand(low2));
        at2 += low2.trueCount();
        IntVector x3 = none.or(state3);
        IntVector bucket3 = x3.lanewise(VectorOperators.LSHR, BUCKET_SHIFT).lanewise(VectorOperators.BITWISE_BLEND, path3, 1);
        IntVector place3 = x3.and(TokenTables.BUCKET_SLOTS - 1);
        IntVector word3 = bucket3.selectFrom(behindLow, behindHigh).blend(bucket3.selectFrom(beforeLow, beforeHigh),
            place3.compare(VectorOperators.LT, bucket3.selectFrom(dividedLow, dividedHigh)));
        IntVector y3 = word3.lanewise(VectorOperators.LSHR, TokenTables.FREQUENCY_SHIFT).and(TokenTables.SLOTS - 1)
            .mul(x3.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS))
            .add(place3).add(word3.lanewise(VectorOperators.ASHR, TokenTables.ADJUSTMENT_SHIFT));
        IntVector rawBits3 = word3.lanewise(VectorOperators.LSHR, TokenTables.RAW_BITS_SHIFT).and(7);
        IntVector value3 = y3.lanewise(VectorOperators.AND_NOT, ones.lanewise(VectorOperators.LSHL, rawBits3))
            .add(word3.selectFrom(leasts));
        x3 = y3.lanewise(VectorOperators.LSHR, rawBits3);
        VectorMask<Integer> low3 = x3.compare(VectorOperators.ULT, LEAST_STATE);
        state3 = x3.lanewise(VectorOperators.LSHL, WORD_BITS, low3).or(IntVector.fromArray(INTS, scratch, at3).expand(low3));
        at3 += low3.trueCount();
        if (value0.or(value1.or(value2.or(value3))).compare(VectorOperators.LT, 0).anyTrue()) {
          value0.intoArray(scratch, VALUES);
          value1.intoArray(scratch, VALUES + LANES);
          value2.intoArray(scratch, VALUES + 2 * LANES);
          value3.intoArray(scratch, VALUES + 3 * LANES);
          scratch[PLACES] = at0;
          scratch[PLACES + 1] = at1;
          scratch[PLACES + 2] = at2;
          scratch[PLACES + 3] = at3;
          ChunkWords.readEscapes(scratch);
          at0 = scratch[PLACES];
          at1 = scratch[PLACES + 1];
          at2 = scratch[PLACES + 2];
          at3 = scratch[PLACES + 3];
          value0 = IntVector.fromArray(INTS, scratch, VALUES);
          value1 = IntVector.fromArray(INTS, scratch, VALUES + LANES);
          value2 = IntVector.fromArray(INTS, scratch, VALUES + 2 * LANES);
          value3 = IntVector.fromArray(INTS, scratch, VALUES + 3 * LANES);
        }
        IntVector both0 = value0.lanewise(VectorOperators.BITWISE_BLEND, path0, 1);
        path0 = none.or(path0).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, both0.selectFrom(turns));
        both0.or(value0.lanewise(VectorOperators.LSHL, 31)).reinterpretAsFloats().intoArray(out, o);
        IntVector both1 = value1.lanewise(VectorOperators.BITWISE_BLEND, path1, 1);
        path1 = none.or(path1).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, both1.selectFrom(turns));
        both1.or(value1.lanewise(VectorOperators.LSHL, 31)).reinterpretAsFloats().intoArray(out, o + stride);
        IntVector both2 = value2.lanewise(VectorOperators.BITWISE_BLEND, path2, 1);
        path2 = none.or(path2).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, both2.selectFrom(turns));
        both2.or(value2.lanewise(VectorOperators.LSHL, 31)).reinterpretAsFloats().intoArray(out, o + 2 * stride);
        IntVector both3 = value3.lanewise(VectorOperators.BITWISE_BLEND, path3, 1);
        path3 = none.or(path3).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, both3.selectFrom(turns));
        both3.or(value3.lanewise(VectorOperators.LSHL, 31)).reinterpretAsFloats().intoArray(out, o + 3 * stride);
      }
    }
    none.or(state0).intoArray(states, from * LANES);
    none.or(path0).intoArray(scratch, PATHS + from * LANES);
    scratch[PLACES] = at0;
    none.or(state1).intoArray(states, (from + 1) * LANES);
    none.or(path1).intoArray(scratch, PATHS + (from + 1) * LANES);
    scratch[PLACES + 1] = at1;
    none.or(state2).intoArray(states, (from + 2) * LANES);
    none.or(path2).intoArray(scratch, PATHS + (from + 2) * LANES);
    scratch[PLACES + 2] = at2;
    none.or(state3).intoArray(states, (from + 3) * LANES);
    none.or(path3).intoArray(scratch, PATHS + (from + 3) * LANES);
    scratch[PLACES + 3] = at3;
    return t;
  }
}
