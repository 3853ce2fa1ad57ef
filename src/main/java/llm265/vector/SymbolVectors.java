package llm265.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import llm265.data.symbol.DataKernels;

/**
 * The entropy coder of {@link VectorDataKernels}: some lanes in each vector.
 *
 * <p>States of lanes lie in memory between steps: the vectors of a step do not wait for each other but by the place of the next
 * words. A quotient is that of floats, which is at most one off.
 */
final class SymbolVectors {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  private static final int WIDTH = INTS.length();
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, 16 * WIDTH)));
  /** The bytes of as many shorts. */
  private static final VectorSpecies<Byte> WORD_BYTES = SHORTS.withLanes(byte.class);
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * WIDTH)));

  private static final IntVector IOTA = LaneIndex.of(lane -> lane);

  /** 1.5 * 2^23, and its bits: adding it rounds a binary32 below 2^22 to an integer. */
  private static final float ROUNDER = 12_582_912f;
  private static final int ROUNDER_BITS = 0x4B40_0000;

  private static final int WORD_BITS = 16;

  private SymbolVectors() {}

  /** Encodes symbols whose slots lie one behind the other. */
  static int encodeMany(
      byte[] symbols, int lanes, int steps, int[] codes, int[] states, byte[] out, int end, int[] room) {
    int at = end;
    for (int i = lanes * steps - lanes; i >= 0; i -= lanes) {
      for (int lane = lanes - WIDTH; lane >= 0; lane -= WIDTH) {
        ((IntVector) ByteVector.fromArray(BYTES, symbols, i + lane)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0)).intoArray(room, 0);
        IntVector code = IntVector.fromArray(INTS, codes, 0, room, 0);
        IntVector frequency = code.and(DataKernels.SLOTS - 1);
        IntVector state = IntVector.fromArray(INTS, states, lane);
        VectorMask<Integer> full =
            state.lanewise(VectorOperators.LSHR, 32 - DataKernels.SLOT_BITS).compare(VectorOperators.GE, frequency);
        int words = full.trueCount();
        IntVector packed = IOTA.add(words).and(WIDTH - 1).selectFrom(state.compress(full));
        ((ShortVector) packed.convertShape(VectorOperators.I2S, SHORTS, 0)).reinterpretAsBytes()
            .intoArray(out, at - 2 * WIDTH);
        at -= 2 * words;
        state = state.lanewise(VectorOperators.LSHR, WORD_BITS, full);
        FloatVector inverse = FloatVector.broadcast(FLOATS, 2f).div((FloatVector) frequency.convert(VectorOperators.I2F, 0));
        FloatVector half = (FloatVector) state.lanewise(VectorOperators.LSHR, 1).convert(VectorOperators.I2F, 0);
        IntVector quotient = inverse.mul(half).add(ROUNDER).reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector rest = state.sub(quotient.mul(frequency));
        VectorMask<Integer> over = rest.compare(VectorOperators.LT, 0);
        rest = rest.add(frequency, over);
        quotient = quotient.sub(1, over);
        VectorMask<Integer> under = rest.compare(VectorOperators.GE, frequency);
        rest = rest.sub(frequency, under);
        quotient = quotient.add(1, under);
        IntVector slot = rest.add(code.lanewise(VectorOperators.LSHR, DataKernels.SLOT_BITS));
        quotient.lanewise(VectorOperators.LSHL, DataKernels.SLOT_BITS).add(slot).intoArray(states, lane);
      }
    }
    return at;
  }

  /** The same where slots do not lie in the order of their symbols. */
  static int encodeFew(
      byte[] symbols, int lanes, int steps, int[] codes, int[] slots, int[] states, byte[] out, int end, int[] room) {
    int at = end;
    for (int i = lanes * steps - lanes; i >= 0; i -= lanes) {
      for (int lane = lanes - WIDTH; lane >= 0; lane -= WIDTH) {
        ((IntVector) ByteVector.fromArray(BYTES, symbols, i + lane)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0)).intoArray(room, 0);
        IntVector code = IntVector.fromArray(INTS, codes, 0, room, 0);
        IntVector frequency = code.and(DataKernels.SLOTS - 1);
        IntVector state = IntVector.fromArray(INTS, states, lane);
        VectorMask<Integer> full =
            state.lanewise(VectorOperators.LSHR, 32 - DataKernels.SLOT_BITS).compare(VectorOperators.GE, frequency);
        int words = full.trueCount();
        IntVector packed = IOTA.add(words).and(WIDTH - 1).selectFrom(state.compress(full));
        ((ShortVector) packed.convertShape(VectorOperators.I2S, SHORTS, 0)).reinterpretAsBytes()
            .intoArray(out, at - 2 * WIDTH);
        at -= 2 * words;
        state = state.lanewise(VectorOperators.LSHR, WORD_BITS, full);
        FloatVector inverse = FloatVector.broadcast(FLOATS, 2f).div((FloatVector) frequency.convert(VectorOperators.I2F, 0));
        FloatVector half = (FloatVector) state.lanewise(VectorOperators.LSHR, 1).convert(VectorOperators.I2F, 0);
        IntVector quotient = inverse.mul(half).add(ROUNDER).reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector rest = state.sub(quotient.mul(frequency));
        VectorMask<Integer> over = rest.compare(VectorOperators.LT, 0);
        rest = rest.add(frequency, over);
        quotient = quotient.sub(1, over);
        VectorMask<Integer> under = rest.compare(VectorOperators.GE, frequency);
        rest = rest.sub(frequency, under);
        quotient = quotient.add(1, under);
        rest.add(code.lanewise(VectorOperators.LSHR, DataKernels.SLOT_BITS)).intoArray(room, 0);
        IntVector slot = IntVector.fromArray(INTS, slots, 0, room, 0);
        quotient.lanewise(VectorOperators.LSHL, DataKernels.SLOT_BITS).add(slot).intoArray(states, lane);
      }
    }
    return at;
  }

  /** Decodes symbols of the small alphabet whose tables are in registers. */
  static int decodeBuckets(
      byte[] in, int at, int end, int lanes, int steps, int[] states, int[] tables, byte[] out, int outAt) {
    IntVector divisionsLow = IntVector.fromArray(INTS, tables, 0);
    IntVector divisionsHigh = IntVector.fromArray(INTS, tables, WIDTH);
    IntVector beforeLow = IntVector.fromArray(INTS, tables, DataKernels.BEFORE);
    IntVector beforeHigh = IntVector.fromArray(INTS, tables, DataKernels.BEFORE + WIDTH);
    IntVector behindLow = IntVector.fromArray(INTS, tables, DataKernels.BEHIND);
    IntVector behindHigh = IntVector.fromArray(INTS, tables, DataKernels.BEHIND + WIDTH);
    IntVector valuesLow = IntVector.fromArray(INTS, tables, DataKernels.VALUES);
    IntVector valuesHigh = IntVector.fromArray(INTS, tables, DataKernels.VALUES + WIDTH);
    int from = at;
    for (int t = 0; t < steps && from <= end; t++) {
      for (int lane = 0; lane < lanes; lane += WIDTH) {
        IntVector state = IntVector.fromArray(INTS, states, lane);
        IntVector bucket = state.lanewise(VectorOperators.LSHR, DataKernels.BUCKET_BITS).and(DataKernels.FEW - 1);
        IntVector place = state.and((1 << DataKernels.BUCKET_BITS) - 1);
        VectorMask<Integer> isBefore = place.compare(VectorOperators.LT, bucket.selectFrom(divisionsLow, divisionsHigh));
        IntVector word = bucket.selectFrom(behindLow, behindHigh).blend(bucket.selectFrom(beforeLow, beforeHigh), isBefore);
        IntVector symbol = word.and(DataKernels.FEW - 1).selectFrom(valuesLow, valuesHigh);
        ((ByteVector) symbol.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(out, outAt + t * lanes + lane);
        IntVector next = word.lanewise(VectorOperators.LSHR, DataKernels.FREQUENCY_SHIFT).and(DataKernels.SLOTS - 1)
            .mul(state.lanewise(VectorOperators.LSHR, DataKernels.SLOT_BITS))
            .add(place).add(word.lanewise(VectorOperators.ASHR, DataKernels.ADJUSTMENT_SHIFT));
        VectorMask<Integer> isEmpty = next.lanewise(VectorOperators.LSHR, WORD_BITS).compare(VectorOperators.EQ, 0);
        IntVector words = (IntVector) ByteVector.fromArray(WORD_BYTES, in, from).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        next.blend(next.lanewise(VectorOperators.LSHL, WORD_BITS).or(words.expand(isEmpty)), isEmpty).intoArray(states, lane);
        from += 2 * isEmpty.trueCount();
      }
    }
    return from;
  }

  /** Decodes symbols by the words of their slots. */
  static int decodeSlots(
      byte[] in, int at, int end, int lanes, int steps, int[] states, int[] tables, int tableAt, byte[] out, int outAt,
      int[] room) {
    int from = at;
    for (int t = 0; t < steps && from <= end; t++) {
      for (int lane = 0; lane < lanes; lane += WIDTH) {
        IntVector state = IntVector.fromArray(INTS, states, lane);
        state.and(DataKernels.SLOTS - 1).intoArray(room, 0);
        IntVector word = IntVector.fromArray(INTS, tables, tableAt, room, 0);
        ((ByteVector) word.lanewise(VectorOperators.LSHR, DataKernels.SYMBOL_SHIFT).convertShape(VectorOperators.I2B, BYTES, 0))
            .intoArray(out, outAt + t * lanes + lane);
        IntVector next = word.and(DataKernels.SLOTS - 1).mul(state.lanewise(VectorOperators.LSHR, DataKernels.SLOT_BITS))
            .add(word.lanewise(VectorOperators.LSHR, DataKernels.PLACE_SHIFT).and(DataKernels.SLOTS - 1));
        VectorMask<Integer> isEmpty = next.lanewise(VectorOperators.LSHR, WORD_BITS).compare(VectorOperators.EQ, 0);
        IntVector words = (IntVector) ByteVector.fromArray(WORD_BYTES, in, from).reinterpretAsShorts()
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        next.blend(next.lanewise(VectorOperators.LSHL, WORD_BITS).or(words.expand(isEmpty)), isEmpty).intoArray(states, lane);
        from += 2 * isEmpty.trueCount();
      }
    }
    return from;
  }
}
