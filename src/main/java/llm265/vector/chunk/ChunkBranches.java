package llm265.vector.chunk;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import llm265.trinity.ChunkKernels;
import llm265.trinity.SearchKernels;
import llm265.vector.LaneIndex;

/**
 * What the values of some steps cost by quantizer and parity, the same for all paths.
 *
 * <p>Of each value a note is left in its code, for the traceback: bit 1 its sign, bits 2 and 3 whether zero is cheaper than the
 * nearest other even magnitude of the first quantizer and of the second.
 */
final class ChunkBranches {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LaneIndex.LANES)));
  private static final int LANES = ChunkKernels.LANES;
  private static final int WIDTH = LaneIndex.LANES;
  /** Floats of a step: of four branches. */
  static final int STEP = 4 * LANES;
  static final int ZERO_SHIFT = 2;

  /** 1.5 * 2^23: adding it rounds a float below 2^22 to an integer, ties to even, which its bits then hold. */
  static final float ROUNDER = 0x1.8p23f;
  static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
  static final int GREATEST_STEPS = Float.floatToRawIntBits(SearchKernels.GREATEST_STEPS);

  private ChunkBranches() {}

  /**
   * Costs of steps of one class with tables of {@link ChunkKernels#NARROW_LENGTH}, which two permutations find in registers: for
   * vectors of 16 lanes.
   *
   * @param from index of the first value
   * @param code index of the first code
   * @param branches receives {@link #STEP} floats a step from {@code branchAt} on: even and odd magnitudes of the first
   *     quantizer, then of the second
   */
  static void permuted(
      float[] values, int from, int steps, float centre, float inverseStep, float[] costs, int table, int[] codes, int code,
      float[] branches, int branchAt) {
    int length = ChunkKernels.NARROW_LENGTH;
    IntVector firstLow = FloatVector.fromArray(FLOATS, costs, table).reinterpretAsInts();
    IntVector firstHigh = FloatVector.fromArray(FLOATS, costs, table + LANES).reinterpretAsInts();
    IntVector secondLow = FloatVector.fromArray(FLOATS, costs, table + length).reinterpretAsInts();
    IntVector secondHigh = FloatVector.fromArray(FLOATS, costs, table + length + LANES).reinterpretAsInts();
    float firstZero = costs[table];
    float secondZero = costs[table + length];
    int last = length - 1;
    for (int t = 0; t < steps; t++) {
      FloatVector deviation = FloatVector.fromArray(FLOATS, values, from + t * LANES).sub(centre).mul(inverseStep);
      IntVector sign = deviation.reinterpretAsInts().lanewise(VectorOperators.LSHR, 31);
      FloatVector a = deviation.reinterpretAsInts().and(Integer.MAX_VALUE).min(GREATEST_STEPS).reinterpretAsFloats();
      FloatVector square = a.mul(a);
      int at = branchAt + t * STEP;

      FloatVector rounded = a.mul(0.25f).add(ROUNDER);
      IntVector n = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector k = n.add(n);
      FloatVector error = a.sub(rounded.sub(ROUNDER).mul(4));
      FloatVector cost = error.mul(error).add(k.min(last).selectFrom(firstLow, firstHigh).reinterpretAsFloats());
      FloatVector zero = square.add(firstZero);
      VectorMask<Float> isZero = zero.compare(VectorOperators.LT, cost);
      cost.blend(zero, isZero).intoArray(branches, at);
      IntVector note = sign.add(sign).lanewise(VectorOperators.OR, 1 << ZERO_SHIFT, isZero.cast(INTS));

      rounded = a.sub(2).mul(0.25f).add(ROUNDER);
      n = rounded.reinterpretAsInts().sub(ROUNDER_BITS).max(0);
      k = n.add(n).add(1);
      error = a.sub(rounded.sub(ROUNDER).mul(4).reinterpretAsInts().max(0).reinterpretAsFloats().add(2));
      error.mul(error).add(k.min(last).selectFrom(firstLow, firstHigh).reinterpretAsFloats()).intoArray(branches, at + LANES);

      rounded = a.sub(3).mul(0.25f).add(ROUNDER);
      n = rounded.reinterpretAsInts().sub(ROUNDER_BITS).max(0);
      k = n.add(n).add(2);
      error = a.sub(rounded.sub(ROUNDER).mul(4).reinterpretAsInts().max(0).reinterpretAsFloats().add(3));
      cost = error.mul(error).add(k.min(last).selectFrom(secondLow, secondHigh).reinterpretAsFloats());
      zero = square.add(secondZero);
      isZero = zero.compare(VectorOperators.LT, cost);
      cost.blend(zero, isZero).intoArray(branches, at + 2 * LANES);
      note.lanewise(VectorOperators.OR, 2 << ZERO_SHIFT, isZero.cast(INTS)).intoArray(codes, code + t * LANES);

      rounded = a.sub(1).mul(0.25f).add(ROUNDER);
      n = rounded.reinterpretAsInts().sub(ROUNDER_BITS).max(0);
      k = n.add(n).add(1);
      error = a.sub(rounded.sub(ROUNDER).mul(4).reinterpretAsInts().max(0).reinterpretAsFloats().add(1));
      error.mul(error).add(k.min(last).selectFrom(secondLow, secondHigh).reinterpretAsFloats())
          .intoArray(branches, at + 3 * LANES);
    }
  }

  /**
   * The same for tables of any length and lanes of any class, in which costs are gathered: for vectors of any width.
   *
   * @param classes of the values from {@code classAt} on; null for those of class 0
   */
  static void gathered(
      float[] values, int from, int steps, float centre, float inverseStep, float[] costs, int length, byte[] classes,
      int classAt, int[] codes, int code, float[] branches, int branchAt) {
    int last = length - 1;
    for (int i = 0; i < steps * LANES; i += WIDTH) {
      FloatVector deviation = FloatVector.fromArray(FLOATS, values, from + i).sub(centre).mul(inverseStep);
      IntVector sign = deviation.reinterpretAsInts().lanewise(VectorOperators.LSHR, 31);
      FloatVector a = deviation.reinterpretAsInts().and(Integer.MAX_VALUE).min(GREATEST_STEPS).reinterpretAsFloats();
      FloatVector square = a.mul(a);
      // The code's place holds the indices until its note is known.
      int place = code + i;
      int at = branchAt + i / LANES * STEP + i % LANES;
      IntVector table = IntVector.zero(INTS);
      if (classes != null) {
        table = IntVector.broadcast(INTS, 2 * length)
            .mul(ByteVector.fromArray(BYTES, classes, classAt + i).convertShape(VectorOperators.B2I, INTS, 0));
      }
      IntVector.zero(INTS).add(table).intoArray(codes, place);
      FloatVector firstZero = FloatVector.fromArray(FLOATS, costs, 0, codes, place);
      FloatVector secondZero = FloatVector.fromArray(FLOATS, costs, length, codes, place);

      FloatVector rounded = a.mul(0.25f).add(ROUNDER);
      IntVector n = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
      n.add(n).min(last).add(table).intoArray(codes, place);
      FloatVector error = a.sub(rounded.sub(ROUNDER).mul(4));
      FloatVector cost = error.mul(error).add(FloatVector.fromArray(FLOATS, costs, 0, codes, place));
      FloatVector zero = square.add(firstZero);
      VectorMask<Float> isZero = zero.compare(VectorOperators.LT, cost);
      cost.blend(zero, isZero).intoArray(branches, at);
      IntVector note = sign.add(sign).lanewise(VectorOperators.OR, 1 << ZERO_SHIFT, isZero.cast(INTS));

      rounded = a.sub(2).mul(0.25f).add(ROUNDER);
      n = rounded.reinterpretAsInts().sub(ROUNDER_BITS).max(0);
      n.add(n).add(1).min(last).add(table).intoArray(codes, place);
      error = a.sub(rounded.sub(ROUNDER).mul(4).reinterpretAsInts().max(0).reinterpretAsFloats().add(2));
      error.mul(error).add(FloatVector.fromArray(FLOATS, costs, 0, codes, place)).intoArray(branches, at + LANES);

      rounded = a.sub(3).mul(0.25f).add(ROUNDER);
      n = rounded.reinterpretAsInts().sub(ROUNDER_BITS).max(0);
      n.add(n).add(2).min(last).add(table).intoArray(codes, place);
      error = a.sub(rounded.sub(ROUNDER).mul(4).reinterpretAsInts().max(0).reinterpretAsFloats().add(3));
      cost = error.mul(error).add(FloatVector.fromArray(FLOATS, costs, length, codes, place));
      zero = square.add(secondZero);
      isZero = zero.compare(VectorOperators.LT, cost);
      cost.blend(zero, isZero).intoArray(branches, at + 2 * LANES);
      note = note.lanewise(VectorOperators.OR, 2 << ZERO_SHIFT, isZero.cast(INTS));

      rounded = a.sub(1).mul(0.25f).add(ROUNDER);
      n = rounded.reinterpretAsInts().sub(ROUNDER_BITS).max(0);
      n.add(n).add(1).min(last).add(table).intoArray(codes, place);
      error = a.sub(rounded.sub(ROUNDER).mul(4).reinterpretAsInts().max(0).reinterpretAsFloats().add(1));
      error.mul(error).add(FloatVector.fromArray(FLOATS, costs, length, codes, place)).intoArray(branches, at + 3 * LANES);
      note.intoArray(codes, place);
    }
  }
}
