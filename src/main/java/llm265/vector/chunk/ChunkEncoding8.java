package llm265.vector.chunk;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.trinity.ChunkKernels;
import llm265.trinity.EncoderTables;
import llm265.trinity.TokenTables;

/** Entropy encoding as {@link ChunkEncoding16} does it with vectors of 8 ints, two for the lanes of a chunk; all is gathered. */
final class ChunkEncoding8 {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_128;
  private static final VectorSpecies<Byte> CLASSES = ByteVector.SPECIES_64;
  private static final int LANES = ChunkKernels.LANES;
  private static final int WIDTH = LANES / 2;
  /** Bytes of a word of each lane of a vector. */
  private static final int BYTES = 2 * WIDTH;
  /** Or'd to a frequency, no state reaches it. */
  private static final int LEAST_NEVER = 1 << 30;
  private static final float ROUNDER = ChunkBranches.ROUNDER;
  private static final int ROUNDER_BITS = ChunkBranches.ROUNDER_BITS;
  /** From the index of a count on: the order that puts as many first lanes last. */
  private static final int[] UPWARDS = new int[2 * WIDTH + 1];

  static {
    for (int i = 0; i < UPWARDS.length; i++) {
      UPWARDS[i] = i % WIDTH;
    }
  }

  private ChunkEncoding8() {}

  /**
   * Encodes steps; returns the index of the first byte.
   *
   * @param tail whether the steps are of the tail
   * @param scratch room for the indices of a step
   */
  static int encode(
      int[] codes, int from, int to, boolean tail, int[] symbols, int length, int[] slots, byte[] classes, int[] states,
      byte[] out, int end, int[] scratch) {
    IntVector never = IntVector.broadcast(INTS, tail ? LEAST_NEVER : 0);
    IntVector none = IntVector.zero(INTS);
    IntVector ones = IntVector.broadcast(INTS, -1);
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
    IntVector state0 = IntVector.fromArray(INTS, states, 0);
    IntVector state1 = IntVector.fromArray(INTS, states, WIDTH);
    int at = end;
    for (int t = to - 1; t >= from; t--) {
      IntVector code0 = IntVector.fromArray(INTS, codes, t * LANES);
      IntVector magnitude0 = code0.lanewise(VectorOperators.LSHR, 2);
      IntVector quantizer0 = code0.and(1);
      IntVector slot0 = quantizer0.lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS);
      IntVector index0 = magnitude0.min(length - 1).add(quantizer0.mul(length));
      if (classes != null) {
        IntVector valueClass = (IntVector) ByteVector.fromArray(CLASSES, classes, t * LANES)
            .convertShape(VectorOperators.B2I, INTS, 0);
        slot0 = slot0.add(none.or(valueClass).lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS + 1));
        index0 = index0.add(none.or(valueClass).mul(2 * length));
      }
      none.or(index0).intoArray(scratch, 0);
      IntVector symbol0 = IntVector.fromArray(INTS, symbols, 0, scratch, 0);
      IntVector code1 = IntVector.fromArray(INTS, codes, t * LANES + WIDTH);
      IntVector magnitude1 = code1.lanewise(VectorOperators.LSHR, 2);
      IntVector quantizer1 = code1.and(1);
      IntVector slot1 = quantizer1.lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS);
      IntVector index1 = magnitude1.min(length - 1).add(quantizer1.mul(length));
      if (classes != null) {
        IntVector valueClass = (IntVector) ByteVector.fromArray(CLASSES, classes, t * LANES + WIDTH)
            .convertShape(VectorOperators.B2I, INTS, 0);
        slot1 = slot1.add(none.or(valueClass).lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS + 1));
        index1 = index1.add(none.or(valueClass).mul(2 * length));
      }
      none.or(index1).intoArray(scratch, WIDTH);
      IntVector symbol1 = IntVector.fromArray(INTS, symbols, 0, scratch, WIDTH);
      VectorMask<Integer> escape1 = symbol1.and(1 << EncoderTables.ESCAPE_SHIFT).compare(VectorOperators.NE, 0);
      if (escape1.anyTrue()) {
        int count = escape1.trueCount();
        IntVector.fromArray(INTS, UPWARDS, count).selectFrom(magnitude1.compress(escape1))
            .convertShape(VectorOperators.I2S, SHORTS, 0).reinterpretAsBytes().intoArray(out, at - BYTES);
        at -= 2 * count;
      }
      VectorMask<Integer> escape0 = symbol0.and(1 << EncoderTables.ESCAPE_SHIFT).compare(VectorOperators.NE, 0);
      if (escape0.anyTrue()) {
        int count = escape0.trueCount();
        IntVector.fromArray(INTS, UPWARDS, count).selectFrom(magnitude0.compress(escape0))
            .convertShape(VectorOperators.I2S, SHORTS, 0).reinterpretAsBytes().intoArray(out, at - BYTES);
        at -= 2 * count;
      }

      IntVector suffix1 = symbol1.lanewise(VectorOperators.LSHR, EncoderTables.ESCAPE_SHIFT);
      IntVector rawBits1 = IntVector.broadcast(INTS, 32)
          .sub(suffix1.lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.LEADING_ZEROS_COUNT));
      IntVector raw1 = suffix1.and(-2).or(code1.lanewise(VectorOperators.LSHR, 1).and(1))
          .lanewise(VectorOperators.AND_NOT, ones.lanewise(VectorOperators.LSHL, rawBits1));
      IntVector frequency1 = symbol1.and(TokenTables.SLOTS - 1);
      IntVector half1 = frequency1.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS - 1);
      FloatVector inverse1 = zero.add(half1.add(1).convert(VectorOperators.I2F, 0))
          .div(frequency1.convert(VectorOperators.I2F, 0));
      IntVector first1 = symbol1.lanewise(VectorOperators.LSHR, EncoderTables.FIRST_SHIFT).and(TokenTables.SLOTS - 1)
          .add(slot1);
      IntVector x1 = none.or(state1);
      VectorMask<Integer> full1 = x1.lanewise(VectorOperators.LSHR, IntVector.broadcast(INTS, 20).sub(rawBits1))
          .compare(VectorOperators.GE, frequency1.or(never));
      int count1 = full1.trueCount();
      IntVector.fromArray(INTS, UPWARDS, count1).selectFrom(x1.compress(full1))
          .convertShape(VectorOperators.I2S, SHORTS, 0).reinterpretAsBytes().intoArray(out, at - BYTES);
      at -= 2 * count1;
      IntVector z1 = x1.lanewise(VectorOperators.LSHR, 16, full1).lanewise(VectorOperators.LSHL, rawBits1).or(raw1);
      IntVector quotient1 = rounder
          .add(inverse1.mul(z1.lanewise(VectorOperators.LSHR, half1).convert(VectorOperators.I2F, 0)))
          .reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector rest1 = z1.sub(quotient1.mul(frequency1));
      IntVector below1 = rest1.lanewise(VectorOperators.ASHR, 31);
      rest1.add(below1.and(frequency1)).add(first1).intoArray(scratch, WIDTH);
      state1 = quotient1.add(below1).lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS)
          .or(IntVector.fromArray(INTS, slots, 0, scratch, WIDTH));

      IntVector suffix0 = symbol0.lanewise(VectorOperators.LSHR, EncoderTables.ESCAPE_SHIFT);
      IntVector rawBits0 = IntVector.broadcast(INTS, 32)
          .sub(suffix0.lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.LEADING_ZEROS_COUNT));
      IntVector raw0 = suffix0.and(-2).or(code0.lanewise(VectorOperators.LSHR, 1).and(1))
          .lanewise(VectorOperators.AND_NOT, ones.lanewise(VectorOperators.LSHL, rawBits0));
      IntVector frequency0 = symbol0.and(TokenTables.SLOTS - 1);
      IntVector half0 = frequency0.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS - 1);
      FloatVector inverse0 = zero.add(half0.add(1).convert(VectorOperators.I2F, 0))
          .div(frequency0.convert(VectorOperators.I2F, 0));
      IntVector first0 = symbol0.lanewise(VectorOperators.LSHR, EncoderTables.FIRST_SHIFT).and(TokenTables.SLOTS - 1)
          .add(slot0);
      IntVector x0 = none.or(state0);
      VectorMask<Integer> full0 = x0.lanewise(VectorOperators.LSHR, IntVector.broadcast(INTS, 20).sub(rawBits0))
          .compare(VectorOperators.GE, frequency0.or(never));
      int count0 = full0.trueCount();
      IntVector.fromArray(INTS, UPWARDS, count0).selectFrom(x0.compress(full0))
          .convertShape(VectorOperators.I2S, SHORTS, 0).reinterpretAsBytes().intoArray(out, at - BYTES);
      at -= 2 * count0;
      IntVector z0 = x0.lanewise(VectorOperators.LSHR, 16, full0).lanewise(VectorOperators.LSHL, rawBits0).or(raw0);
      IntVector quotient0 = rounder
          .add(inverse0.mul(z0.lanewise(VectorOperators.LSHR, half0).convert(VectorOperators.I2F, 0)))
          .reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector rest0 = z0.sub(quotient0.mul(frequency0));
      IntVector below0 = rest0.lanewise(VectorOperators.ASHR, 31);
      rest0.add(below0.and(frequency0)).add(first0).intoArray(scratch, 0);
      state0 = quotient0.add(below0).lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS)
          .or(IntVector.fromArray(INTS, slots, 0, scratch, 0));
    }
    none.or(state0).intoArray(states, 0);
    none.or(state1).intoArray(states, WIDTH);
    return at;
  }
}
