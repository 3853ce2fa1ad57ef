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

/**
 * Entropy encoding with vectors of 16 ints: all lanes of a chunk in one.
 *
 * <p>A state of a frequency below 2^11 is less than 2^31 and divided as it is, any other without its lowest bit. The quotient is
 * off by less than a quarter in either case. Rounded, it is right or one too great, which the remainder tells.
 */
final class ChunkEncoding16 {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_256;
  private static final VectorSpecies<Byte> CLASSES = ByteVector.SPECIES_128;
  private static final int LANES = ChunkKernels.LANES;
  /** Bytes of a word of each lane. */
  private static final int BYTES = 2 * LANES;
  /** Or'd to a frequency, no state reaches it. */
  private static final int LEAST_NEVER = 1 << 30;
  private static final float ROUNDER = ChunkBranches.ROUNDER;
  private static final int ROUNDER_BITS = ChunkBranches.ROUNDER_BITS;
  /** From the index of a count on: the order that puts as many first lanes last. */
  private static final int[] UPWARDS = new int[2 * LANES + 1];

  static {
    for (int i = 0; i < UPWARDS.length; i++) {
      UPWARDS[i] = i % LANES;
    }
  }

  private ChunkEncoding16() {}

  /**
   * Encodes steps of one class with tables of {@link ChunkKernels#NARROW_LENGTH}, which are registers.
   *
   * @param tail whether the steps are of the tail
   * @param scratch room for the indices of a step
   * @return index of the first byte
   */
  static int encodeNarrow(
      int[] codes, int from, int to, boolean tail, int[] symbols, int[] slots, int[] states, byte[] out, int end,
      int[] scratch) {
    IntVector firstLow = IntVector.fromArray(INTS, symbols, 0);
    IntVector firstHigh = IntVector.fromArray(INTS, symbols, LANES);
    IntVector secondLow = IntVector.fromArray(INTS, symbols, 2 * LANES);
    IntVector secondHigh = IntVector.fromArray(INTS, symbols, 3 * LANES);
    IntVector never = IntVector.broadcast(INTS, tail ? LEAST_NEVER : 0);
    IntVector none = IntVector.zero(INTS);
    IntVector ones = IntVector.broadcast(INTS, -1);
    FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
    IntVector state = IntVector.fromArray(INTS, states, 0);
    int at = end;
    for (int t = to - 1; t >= from; t--) {
      IntVector code = IntVector.fromArray(INTS, codes, t * LANES);
      IntVector magnitude = code.lanewise(VectorOperators.LSHR, 2);
      IntVector index = magnitude.min(ChunkKernels.NARROW_LENGTH - 1);
      IntVector quantizer = code.and(1);
      IntVector symbol = index.selectFrom(firstLow, firstHigh)
          .blend(index.selectFrom(secondLow, secondHigh), quantizer.compare(VectorOperators.NE, 0));

      VectorMask<Integer> escape = symbol.and(1 << EncoderTables.ESCAPE_SHIFT).compare(VectorOperators.NE, 0);
      if (escape.anyTrue()) {
        int count = escape.trueCount();
        IntVector.fromArray(INTS, UPWARDS, count).selectFrom(magnitude.compress(escape))
            .convertShape(VectorOperators.I2S, SHORTS, 0).reinterpretAsBytes().intoArray(out, at - BYTES);
        at -= 2 * count;
      }

      IntVector suffix = symbol.lanewise(VectorOperators.LSHR, EncoderTables.ESCAPE_SHIFT);
      IntVector rawBits = IntVector.broadcast(INTS, 32)
          .sub(suffix.lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.LEADING_ZEROS_COUNT));
      IntVector raw = suffix.lanewise(VectorOperators.BITWISE_BLEND, code.lanewise(VectorOperators.LSHR, 1), 1)
          .lanewise(VectorOperators.AND_NOT, ones.lanewise(VectorOperators.LSHL, rawBits));
      IntVector frequency = symbol.and(TokenTables.SLOTS - 1);
      IntVector half = frequency.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS - 1);
      FloatVector inverse = ((FloatVector) half.add(1).convert(VectorOperators.I2F, 0));
      inverse = FloatVector.zero(FLOATS).add(inverse).div(frequency.convert(VectorOperators.I2F, 0));
      IntVector first = symbol.lanewise(VectorOperators.LSHR, EncoderTables.FIRST_SHIFT).and(TokenTables.SLOTS - 1)
          .or(quantizer.lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS));

      IntVector x = none.or(state);
      VectorMask<Integer> full = x.lanewise(VectorOperators.LSHR, IntVector.broadcast(INTS, 20).sub(rawBits))
          .compare(VectorOperators.GE, frequency.or(never));
      int count = full.trueCount();
      IntVector.fromArray(INTS, UPWARDS, count).selectFrom(x.compress(full))
          .convertShape(VectorOperators.I2S, SHORTS, 0).reinterpretAsBytes().intoArray(out, at - BYTES);
      at -= 2 * count;
      IntVector z = x.lanewise(VectorOperators.LSHR, 16, full).lanewise(VectorOperators.LSHL, rawBits).or(raw);
      IntVector quotient = rounder.add(inverse.mul(z.lanewise(VectorOperators.LSHR, half).convert(VectorOperators.I2F, 0)))
          .reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector rest = z.sub(quotient.mul(frequency));
      IntVector below = rest.lanewise(VectorOperators.ASHR, 31);
      rest.add(below.and(frequency)).add(first).intoArray(scratch, 0);
      state = quotient.add(below).lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS)
          .or(IntVector.fromArray(INTS, slots, 0, scratch, 0));
    }
    none.or(state).intoArray(states, 0);
    return at;
  }

  /** The same for tables of any length, and for values of any class: symbols are gathered. */
  static int encode(
      int[] codes, int from, int to, boolean tail, int[] symbols, int length, int[] slots, byte[] classes, int[] states,
      byte[] out, int end, int[] scratch) {
    IntVector never = IntVector.broadcast(INTS, tail ? LEAST_NEVER : 0);
    IntVector none = IntVector.zero(INTS);
    IntVector ones = IntVector.broadcast(INTS, -1);
    FloatVector rounder = FloatVector.broadcast(FLOATS, ROUNDER);
    IntVector state = IntVector.fromArray(INTS, states, 0);
    int at = end;
    for (int t = to - 1; t >= from; t--) {
      IntVector code = IntVector.fromArray(INTS, codes, t * LANES);
      IntVector magnitude = code.lanewise(VectorOperators.LSHR, 2);
      IntVector index = magnitude.min(length - 1);
      IntVector quantizer = code.and(1);
      IntVector slot = none;
      if (classes != null) {
        IntVector valueClass = (IntVector) ByteVector.fromArray(CLASSES, classes, t * LANES)
            .convertShape(VectorOperators.B2I, INTS, 0);
        slot = none.or(valueClass).lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS + 1);
        index = none.or(valueClass).mul(2 * length).add(index);
      }
      quantizer.mul(length).add(index).intoArray(scratch, 0);
      IntVector symbol = IntVector.fromArray(INTS, symbols, 0, scratch, 0);

      VectorMask<Integer> escape = symbol.and(1 << EncoderTables.ESCAPE_SHIFT).compare(VectorOperators.NE, 0);
      if (escape.anyTrue()) {
        int count = escape.trueCount();
        IntVector.fromArray(INTS, UPWARDS, count).selectFrom(magnitude.compress(escape))
            .convertShape(VectorOperators.I2S, SHORTS, 0).reinterpretAsBytes().intoArray(out, at - BYTES);
        at -= 2 * count;
      }

      IntVector suffix = symbol.lanewise(VectorOperators.LSHR, EncoderTables.ESCAPE_SHIFT);
      IntVector rawBits = IntVector.broadcast(INTS, 32)
          .sub(suffix.lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.LEADING_ZEROS_COUNT));
      IntVector raw = suffix.lanewise(VectorOperators.BITWISE_BLEND, code.lanewise(VectorOperators.LSHR, 1), 1)
          .lanewise(VectorOperators.AND_NOT, ones.lanewise(VectorOperators.LSHL, rawBits));
      IntVector frequency = symbol.and(TokenTables.SLOTS - 1);
      IntVector half = frequency.lanewise(VectorOperators.LSHR, TokenTables.SLOT_BITS - 1);
      FloatVector inverse = ((FloatVector) half.add(1).convert(VectorOperators.I2F, 0));
      inverse = FloatVector.zero(FLOATS).add(inverse).div(frequency.convert(VectorOperators.I2F, 0));
      IntVector first = symbol.lanewise(VectorOperators.LSHR, EncoderTables.FIRST_SHIFT).and(TokenTables.SLOTS - 1)
          .or(quantizer.lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS)).add(slot);

      IntVector x = none.or(state);
      VectorMask<Integer> full = x.lanewise(VectorOperators.LSHR, IntVector.broadcast(INTS, 20).sub(rawBits))
          .compare(VectorOperators.GE, frequency.or(never));
      int count = full.trueCount();
      IntVector.fromArray(INTS, UPWARDS, count).selectFrom(x.compress(full))
          .convertShape(VectorOperators.I2S, SHORTS, 0).reinterpretAsBytes().intoArray(out, at - BYTES);
      at -= 2 * count;
      IntVector z = x.lanewise(VectorOperators.LSHR, 16, full).lanewise(VectorOperators.LSHL, rawBits).or(raw);
      IntVector quotient = rounder.add(inverse.mul(z.lanewise(VectorOperators.LSHR, half).convert(VectorOperators.I2F, 0)))
          .reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector rest = z.sub(quotient.mul(frequency));
      IntVector below = rest.lanewise(VectorOperators.ASHR, 31);
      rest.add(below.and(frequency)).add(first).intoArray(scratch, 0);
      state = quotient.add(below).lanewise(VectorOperators.LSHL, TokenTables.SLOT_BITS)
          .or(IntVector.fromArray(INTS, slots, 0, scratch, 0));
    }
    none.or(state).intoArray(states, 0);
    return at;
  }
}
