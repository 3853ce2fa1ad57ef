package llm265.vector.chunk;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.trinity.ChunkKernels;
import llm265.trinity.TokenTables;

/** The same as {@link ChunkDecoding16} for one chunk: what is left over of four, and steps that have a law of their own. */
final class ChunkRunDecoding16 {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_256;
  private static final int LANES = ChunkKernels.LANES;
  private static final int STEPS = ChunkKernels.CHECKED_STEPS;
  private static final int LEAST_STATE = 1 << 16;
  private static final int BUCKETS = TokenTables.BUCKETS;
  /** Leaves the bucket above one bit, which is the quantizer's. */
  private static final int BUCKET_SHIFT = TokenTables.BUCKET_BITS - 1;

  private ChunkRunDecoding16() {}

  /**
   * Decodes steps of one law; returns the index behind their words, or its complement where the chunk has run behind its end.
   *
   * @param renormalized steps of the chunk before its tail
   */
  static int decode(
      byte[] in, int begin, int end, int from, int to, int renormalized, int[] states, int lanes, int[] scratch, int pathAt,
      int[] tables, int table, int[] bases, int base,
      float[] out, int outAt) {
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
    IntVector state = IntVector.fromArray(INTS, states, lanes);
    IntVector path = IntVector.fromArray(INTS, scratch, pathAt);
    int at = begin;
    int t = from;
    for (; t < to && (at <= end || t % STEPS != 0); t++) {
      IntVector x = none.or(state);
      IntVector bucket = x.lanewise(VectorOperators.LSHR, BUCKET_SHIFT).lanewise(VectorOperators.BITWISE_BLEND, path, 1);
      IntVector place = x.and(TokenTables.BUCKET_SLOTS - 1);
      IntVector word = bucket.selectFrom(behindLow, behindHigh).blend(bucket.selectFrom(beforeLow, beforeHigh),
          place.compare(VectorOperators.LT, bucket.selectFrom(dividedLow, dividedHigh)));
      IntVector y = word.lanewise(VectorOperators.LSHR, TokenTables.FREQUENCY_SHIFT).and(TokenTables.SLOTS - 1)
          .mul(x.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS))
          .add(place).add(word.lanewise(VectorOperators.ASHR, TokenTables.ADJUSTMENT_SHIFT));
      IntVector rawBits = word.lanewise(VectorOperators.LSHR, TokenTables.RAW_BITS_SHIFT).and(7);
      IntVector value = y.lanewise(VectorOperators.AND_NOT, ones.lanewise(VectorOperators.LSHL, rawBits))
          .add(word.selectFrom(leasts));
      x = y.lanewise(VectorOperators.LSHR, rawBits);
      VectorMask<Integer> low = x.compare(VectorOperators.ULT, t < renormalized ? LEAST_STATE : 0);
      IntVector read = (IntVector) ByteVector.fromArray(BYTES, in, at).reinterpretAsShorts()
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
      state = x.lanewise(VectorOperators.LSHL, 16, low).or(none.or(read).expand(low));
      at += 2 * low.trueCount();
      if (value.compare(VectorOperators.LT, 0).anyTrue()) {
        VectorMask<Integer> escape = value.compare(VectorOperators.LT, 0);
        IntVector told = (IntVector) ByteVector.fromArray(BYTES, in, at).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        told = none.or(told).expand(escape);
        value = value.and(Integer.MAX_VALUE).add(told).add(told);
        at += 2 * escape.trueCount();
      }
      IntVector both = none.or(value).lanewise(VectorOperators.BITWISE_BLEND, path, 1);
      path = none.or(path).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, both.selectFrom(turns));
      both.or(none.or(value).lanewise(VectorOperators.LSHL, 31)).reinterpretAsFloats().intoArray(out, outAt + t * LANES);
    }
    none.or(state).intoArray(states, lanes);
    none.or(path).intoArray(scratch, pathAt);
    scratch[ChunkDecoding.PLACES] = t - from;
    return t < to ? ~at : at;
  }
}
