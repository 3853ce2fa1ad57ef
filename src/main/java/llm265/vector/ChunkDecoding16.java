package llm265.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.trinity.ChunkKernels;
import llm265.trinity.TokenTables;

/**
 * Entropy decoding with vectors of 16 ints: all lanes of a chunk in one. A law's tables are six registers, in which a permutation
 * of two finds the words of 16 buckets.
 */
final class ChunkDecoding16 {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_256;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final int LANES = ChunkKernels.LANES;
  private static final int STEPS = ChunkKernels.CHECKED_STEPS;
  private static final int LEAST_STATE = 1 << 16;
  private static final int BUCKETS = TokenTables.BUCKETS;
  private static final int PATHS = VectorChunkKernels.PATHS;
  /** Leaves the bucket above one bit, which is the quantizer's. */
  private static final int BUCKET_SHIFT = TokenTables.BUCKET_BITS - 1;

  private ChunkDecoding16() {}

  /**
   * Decodes the first steps of four chunks of one law in lockstep: one chunk alone waits for its states. Ends before the steps
   * that do not fill {@link ChunkKernels#CHECKED_STEPS}, or where one has run behind its end; returns the number of steps.
   *
   * @param steps at most, none of them of a tail
   * @param stride values from chunk to chunk
   * @param scratch what the trellis does, and its states: {@link VectorChunkKernels}
   */
  static int decodeFour(
      byte[] in, int[] at, int[] ends, int from, int steps, int[] states, int[] scratch, int[] tables, int table, int[] bases,
      int base, float scale, float offset, float[] out, int outAt, int stride) {
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
    FloatVector scales = FloatVector.broadcast(FLOATS, scale);
    IntVector state0 = IntVector.fromArray(INTS, states, from * LANES);
    IntVector state1 = IntVector.fromArray(INTS, states, (from + 1) * LANES);
    IntVector state2 = IntVector.fromArray(INTS, states, (from + 2) * LANES);
    IntVector state3 = IntVector.fromArray(INTS, states, (from + 3) * LANES);
    IntVector path0 = IntVector.fromArray(INTS, scratch, PATHS + from * LANES);
    IntVector path1 = IntVector.fromArray(INTS, scratch, PATHS + (from + 1) * LANES);
    IntVector path2 = IntVector.fromArray(INTS, scratch, PATHS + (from + 2) * LANES);
    IntVector path3 = IntVector.fromArray(INTS, scratch, PATHS + (from + 3) * LANES);
    int at0 = at[from];
    int at1 = at[from + 1];
    int at2 = at[from + 2];
    int at3 = at[from + 3];
    int t = 0;
    for (; t <= steps - STEPS; t += STEPS) {
      if (at0 > ends[from] || at1 > ends[from + 1] || at2 > ends[from + 2] || at3 > ends[from + 3]) {
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
        IntVector read0 = (IntVector) ByteVector.fromArray(BYTES, in, at0).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        state0 = x0.lanewise(VectorOperators.LSHL, 16, low0).or(none.or(read0).expand(low0));
        at0 += 2 * low0.trueCount();
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
        IntVector read1 = (IntVector) ByteVector.fromArray(BYTES, in, at1).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        state1 = x1.lanewise(VectorOperators.LSHL, 16, low1).or(none.or(read1).expand(low1));
        at1 += 2 * low1.trueCount();
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
        IntVector read2 = (IntVector) ByteVector.fromArray(BYTES, in, at2).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        state2 = x2.lanewise(VectorOperators.LSHL, 16, low2).or(none.or(read2).expand(low2));
        at2 += 2 * low2.trueCount();
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
        IntVector read3 = (IntVector) ByteVector.fromArray(BYTES, in, at3).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        state3 = x3.lanewise(VectorOperators.LSHL, 16, low3).or(none.or(read3).expand(low3));
        at3 += 2 * low3.trueCount();
        if (value0.or(value1.or(value2.or(value3))).compare(VectorOperators.LT, 0).anyTrue()) {
          VectorMask<Integer> escape0 = value0.compare(VectorOperators.LT, 0);
          IntVector told0 = (IntVector) ByteVector.fromArray(BYTES, in, at0).reinterpretAsShorts()
              .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
          told0 = none.or(told0).expand(escape0);
          value0 = value0.and(Integer.MAX_VALUE).add(told0).add(told0);
          at0 += 2 * escape0.trueCount();
          VectorMask<Integer> escape1 = value1.compare(VectorOperators.LT, 0);
          IntVector told1 = (IntVector) ByteVector.fromArray(BYTES, in, at1).reinterpretAsShorts()
              .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
          told1 = none.or(told1).expand(escape1);
          value1 = value1.and(Integer.MAX_VALUE).add(told1).add(told1);
          at1 += 2 * escape1.trueCount();
          VectorMask<Integer> escape2 = value2.compare(VectorOperators.LT, 0);
          IntVector told2 = (IntVector) ByteVector.fromArray(BYTES, in, at2).reinterpretAsShorts()
              .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
          told2 = none.or(told2).expand(escape2);
          value2 = value2.and(Integer.MAX_VALUE).add(told2).add(told2);
          at2 += 2 * escape2.trueCount();
          VectorMask<Integer> escape3 = value3.compare(VectorOperators.LT, 0);
          IntVector told3 = (IntVector) ByteVector.fromArray(BYTES, in, at3).reinterpretAsShorts()
              .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
          told3 = none.or(told3).expand(escape3);
          value3 = value3.and(Integer.MAX_VALUE).add(told3).add(told3);
          at3 += 2 * escape3.trueCount();
        }
        IntVector both0 = none.or(value0).lanewise(VectorOperators.BITWISE_BLEND, path0, 1);
        IntVector turn0 = both0.selectFrom(turns);
        path0 = none.or(path0).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, turn0.and(Integer.MAX_VALUE));
        FloatVector deviation0 = scales.mul(
            both0.add(turn0.lanewise(VectorOperators.ASHR, 30)).max(0).convert(VectorOperators.I2F, 0));
        deviation0.reinterpretAsInts().lanewise(VectorOperators.XOR, none.or(value0).lanewise(VectorOperators.LSHL, 31))
            .reinterpretAsFloats().add(offset).intoArray(out, o);
        IntVector both1 = none.or(value1).lanewise(VectorOperators.BITWISE_BLEND, path1, 1);
        IntVector turn1 = both1.selectFrom(turns);
        path1 = none.or(path1).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, turn1.and(Integer.MAX_VALUE));
        FloatVector deviation1 = scales.mul(
            both1.add(turn1.lanewise(VectorOperators.ASHR, 30)).max(0).convert(VectorOperators.I2F, 0));
        deviation1.reinterpretAsInts().lanewise(VectorOperators.XOR, none.or(value1).lanewise(VectorOperators.LSHL, 31))
            .reinterpretAsFloats().add(offset).intoArray(out, o + stride);
        IntVector both2 = none.or(value2).lanewise(VectorOperators.BITWISE_BLEND, path2, 1);
        IntVector turn2 = both2.selectFrom(turns);
        path2 = none.or(path2).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, turn2.and(Integer.MAX_VALUE));
        FloatVector deviation2 = scales.mul(
            both2.add(turn2.lanewise(VectorOperators.ASHR, 30)).max(0).convert(VectorOperators.I2F, 0));
        deviation2.reinterpretAsInts().lanewise(VectorOperators.XOR, none.or(value2).lanewise(VectorOperators.LSHL, 31))
            .reinterpretAsFloats().add(offset).intoArray(out, o + 2 * stride);
        IntVector both3 = none.or(value3).lanewise(VectorOperators.BITWISE_BLEND, path3, 1);
        IntVector turn3 = both3.selectFrom(turns);
        path3 = none.or(path3).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, turn3.and(Integer.MAX_VALUE));
        FloatVector deviation3 = scales.mul(
            both3.add(turn3.lanewise(VectorOperators.ASHR, 30)).max(0).convert(VectorOperators.I2F, 0));
        deviation3.reinterpretAsInts().lanewise(VectorOperators.XOR, none.or(value3).lanewise(VectorOperators.LSHL, 31))
            .reinterpretAsFloats().add(offset).intoArray(out, o + 3 * stride);
      }
    }
    none.or(state0).intoArray(states, from * LANES);
    none.or(path0).intoArray(scratch, PATHS + from * LANES);
    at[from] = at0;
    none.or(state1).intoArray(states, (from + 1) * LANES);
    none.or(path1).intoArray(scratch, PATHS + (from + 1) * LANES);
    at[from + 1] = at1;
    none.or(state2).intoArray(states, (from + 2) * LANES);
    none.or(path2).intoArray(scratch, PATHS + (from + 2) * LANES);
    at[from + 2] = at2;
    none.or(state3).intoArray(states, (from + 3) * LANES);
    none.or(path3).intoArray(scratch, PATHS + (from + 3) * LANES);
    at[from + 3] = at3;
    return t;
  }
}
