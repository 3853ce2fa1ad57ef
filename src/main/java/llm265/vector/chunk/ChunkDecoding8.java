package llm265.vector.chunk;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.trinity.Alphabet;
import llm265.trinity.ChunkKernels;
import llm265.trinity.TokenTables;

/** Decoding with vectors of 8 ints, two for the lanes of a chunk. A law's tables do not fit registers and are gathered. */
final class ChunkDecoding8 {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;
  private static final VectorSpecies<Byte> CLASSES = ByteVector.SPECIES_64;
  private static final int LANES = ChunkKernels.LANES;
  private static final int WIDTH = LANES / 2;
  private static final int STEPS = ChunkKernels.CHECKED_STEPS;
  private static final int WORD_BITS = 16;
  private static final int BUCKETS = TokenTables.BUCKETS;
  private static final int INDICES = ChunkDecoding.INDICES;
  /** Leaves the bucket above one bit, which is the quantizer's. */
  private static final int BUCKET_SHIFT = TokenTables.BUCKET_BITS - 1;

  private ChunkDecoding8() {}

  /**
   * Decodes steps; returns the index behind their words, or its complement where the chunk has run behind its end.
   *
   * @param renormalized steps of the chunk before its tail
   * @param classes of the values; null where all are of class {@code onlyLaw}
   */
  static int decode(
      byte[] in, int begin, int end, int from, int to, int renormalized, int[] states, int lanes, int[] scratch, int pathAt,
      int[] tables, int[] bases, byte[] classes, int classAt, int onlyLaw, float[] out, int outAt) {
    IntVector turns = IntVector.fromArray(INTS, scratch, 0);
    IntVector none = IntVector.zero(INTS);
    IntVector state0 = IntVector.fromArray(INTS, states, lanes);
    IntVector state1 = IntVector.fromArray(INTS, states, lanes + WIDTH);
    IntVector path0 = IntVector.fromArray(INTS, scratch, pathAt);
    IntVector path1 = IntVector.fromArray(INTS, scratch, pathAt + WIDTH);
    IntVector law0 = IntVector.broadcast(INTS, onlyLaw * Alphabet.TOKENS);
    IntVector law1 = law0;
    IntVector first0 = IntVector.broadcast(INTS, onlyLaw * TokenTables.DECODER_LENGTH);
    IntVector first1 = first0;
    int at = begin;
    int t = from;
    for (; t < to && (at <= end || t % STEPS != 0); t++) {
      int tail = t < renormalized ? 0 : 1;
      if (classes != null) {
        int i = classAt + t * LANES;
        law0 = IntVector.broadcast(INTS, Alphabet.TOKENS)
            .mul(ByteVector.fromArray(CLASSES, classes, i).convertShape(VectorOperators.B2I, INTS, 0));
        law1 = IntVector.broadcast(INTS, Alphabet.TOKENS)
            .mul(ByteVector.fromArray(CLASSES, classes, i + WIDTH).convertShape(VectorOperators.B2I, INTS, 0));
        first0 = law0.mul(TokenTables.DECODER_LENGTH / Alphabet.TOKENS);
        first1 = law1.mul(TokenTables.DECODER_LENGTH / Alphabet.TOKENS);
      }
      IntVector x0 = none.or(state0);
      IntVector place0 = x0.and(TokenTables.BUCKET_SLOTS - 1);
      IntVector bucket0 = x0.lanewise(VectorOperators.LSHR, BUCKET_SHIFT).and(BUCKETS - 2).or(none.or(path0).and(1)).add(first0);
      bucket0.intoArray(scratch, INDICES);
      VectorMask<Integer> before0 =
          place0.compare(VectorOperators.LT, IntVector.fromArray(INTS, tables, 0, scratch, INDICES));
      IntVector word0 = IntVector.fromArray(INTS, tables, 2 * BUCKETS, scratch, INDICES)
          .blend(IntVector.fromArray(INTS, tables, BUCKETS, scratch, INDICES), before0);
      IntVector y0 = word0.lanewise(VectorOperators.LSHR, TokenTables.FREQUENCY_SHIFT).and(TokenTables.SLOTS - 1)
          .mul(x0.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS))
          .add(place0).add(word0.lanewise(VectorOperators.ASHR, TokenTables.ADJUSTMENT_SHIFT));
      IntVector rawBits0 = word0.lanewise(VectorOperators.LSHR, TokenTables.RAW_BITS_SHIFT).and(7);
      word0.and(Alphabet.TOKENS - 1).add(law0).intoArray(scratch, INDICES);
      x0 = y0.lanewise(VectorOperators.LSHR, rawBits0);
      IntVector value0 = y0.sub(x0.lanewise(VectorOperators.LSHL, rawBits0))
          .add(IntVector.fromArray(INTS, bases, 0, scratch, INDICES));
      VectorMask<Integer> low0 = x0.lanewise(VectorOperators.LSHR, WORD_BITS).or(tail).compare(VectorOperators.EQ, 0);
      IntVector read0 = (IntVector) ByteVector.fromArray(BYTES, in, at).reinterpretAsShorts()
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
      state0 = x0.blend(x0.lanewise(VectorOperators.LSHL, WORD_BITS), low0).or(none.or(read0).expand(low0));
      at += 2 * low0.trueCount();
      IntVector x1 = none.or(state1);
      IntVector place1 = x1.and(TokenTables.BUCKET_SLOTS - 1);
      IntVector bucket1 = x1.lanewise(VectorOperators.LSHR, BUCKET_SHIFT).and(BUCKETS - 2).or(none.or(path1).and(1)).add(first1);
      bucket1.intoArray(scratch, INDICES + WIDTH);
      VectorMask<Integer> before1 =
          place1.compare(VectorOperators.LT, IntVector.fromArray(INTS, tables, 0, scratch, INDICES + WIDTH));
      IntVector word1 = IntVector.fromArray(INTS, tables, 2 * BUCKETS, scratch, INDICES + WIDTH)
          .blend(IntVector.fromArray(INTS, tables, BUCKETS, scratch, INDICES + WIDTH), before1);
      IntVector y1 = word1.lanewise(VectorOperators.LSHR, TokenTables.FREQUENCY_SHIFT).and(TokenTables.SLOTS - 1)
          .mul(x1.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS))
          .add(place1).add(word1.lanewise(VectorOperators.ASHR, TokenTables.ADJUSTMENT_SHIFT));
      IntVector rawBits1 = word1.lanewise(VectorOperators.LSHR, TokenTables.RAW_BITS_SHIFT).and(7);
      word1.and(Alphabet.TOKENS - 1).add(law1).intoArray(scratch, INDICES + WIDTH);
      x1 = y1.lanewise(VectorOperators.LSHR, rawBits1);
      IntVector value1 = y1.sub(x1.lanewise(VectorOperators.LSHL, rawBits1))
          .add(IntVector.fromArray(INTS, bases, 0, scratch, INDICES + WIDTH));
      VectorMask<Integer> low1 = x1.lanewise(VectorOperators.LSHR, WORD_BITS).or(tail).compare(VectorOperators.EQ, 0);
      IntVector read1 = (IntVector) ByteVector.fromArray(BYTES, in, at).reinterpretAsShorts()
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
      state1 = x1.blend(x1.lanewise(VectorOperators.LSHL, WORD_BITS), low1).or(none.or(read1).expand(low1));
      at += 2 * low1.trueCount();
      if (value0.or(value1).compare(VectorOperators.LT, 0).anyTrue()) {
        VectorMask<Integer> escape0 = value0.compare(VectorOperators.LT, 0);
        IntVector told0 = (IntVector) ByteVector.fromArray(BYTES, in, at).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        told0 = none.or(told0).expand(escape0);
        value0 = value0.and(Integer.MAX_VALUE).add(told0).add(told0);
        at += 2 * escape0.trueCount();
        VectorMask<Integer> escape1 = value1.compare(VectorOperators.LT, 0);
        IntVector told1 = (IntVector) ByteVector.fromArray(BYTES, in, at).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        told1 = none.or(told1).expand(escape1);
        value1 = value1.and(Integer.MAX_VALUE).add(told1).add(told1);
        at += 2 * escape1.trueCount();
      }
      IntVector both0 = none.or(value0).and(-2).or(none.or(path0).and(1));
      path0 = none.or(path0).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, both0.selectFrom(turns));
      both0.or(none.or(value0).lanewise(VectorOperators.LSHL, 31)).reinterpretAsFloats()
          .intoArray(out, outAt + t * LANES);
      IntVector both1 = none.or(value1).and(-2).or(none.or(path1).and(1));
      path1 = none.or(path1).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.XOR, both1.selectFrom(turns));
      both1.or(none.or(value1).lanewise(VectorOperators.LSHL, 31)).reinterpretAsFloats()
          .intoArray(out, outAt + t * LANES + WIDTH);
    }
    none.or(state0).intoArray(states, lanes);
    none.or(state1).intoArray(states, lanes + WIDTH);
    none.or(path0).intoArray(scratch, pathAt);
    none.or(path1).intoArray(scratch, pathAt + WIDTH);
    scratch[ChunkDecoding.PLACES] = t - from;
    return t < to ? ~at : at;
  }
}
