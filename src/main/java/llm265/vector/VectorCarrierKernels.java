package llm265.vector;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.kernel.WarmingKernels;
import llm265.tensor.carrier.CarrierKernels;
import llm265.tensor.carrier.ScalarCarrierKernels;
import llm265.trinity.Trellis;

/**
 * {@link CarrierKernels} with the Vector API, if a row of a macroblock fits into a vector of 512 bits: which lanes take their
 * levels from the front is a mask, by which vectors expand and compress.
 */
public final class VectorCarrierKernels extends WarmingKernels implements CarrierKernels {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_256;
  private static final boolean ONE_VECTOR = LaneIndex.LANES == LANES;
  private static final IntVector BACKWARDS = LaneIndex.of(lane -> LaneIndex.LANES - 1 - lane);
  private static final int ALL = 0xFFFF;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_512;
  private static final int MIXED = -1;

  /** A call saves about half a microsecond. */
  private static final int CALLS = 100_000;

  private final ScalarCarrierKernels scalar = new ScalarCarrierKernels();

  public VectorCarrierKernels() {
    super(CALLS);
  }

  @Override
  public void join(
      int[] ordered, byte[] lowBits, short[] low, int at, Trellis trellis, int[] states, float[] steps, int stepsAt, int stride) {
    int bits = ONE_VECTOR && isWarm() ? common(lowBits, at) : MIXED;
    if (bits == MIXED) {
      scalar.join(ordered, lowBits, low, at, trellis, states, steps, stepsAt, stride);
    } else if (bits == 0) {
      joinMagnitudes(ordered, trellis.h0(), trellis.h1(), states, steps, stepsAt, stride);
    } else {
      joinIndices(ordered, low, at, bits, trellis.h0(), trellis.h1(), states, steps, stepsAt, stride);
    }
  }

  /** The number of low bits that all values of a macroblock have; {@link #MIXED} if they differ, as they seldom do. */
  private static int common(byte[] lowBits, int at) {
    byte first = lowBits[at];
    boolean isCommon = true;
    for (int i = 0; i < 256; i += BYTES.length()) {
      isCommon &= ByteVector.fromArray(BYTES, lowBits, at + i).compare(VectorOperators.EQ, first).allTrue();
    }
    return isCommon ? first : MIXED;
  }

  private static void joinMagnitudes(
      int[] ordered, int h0, int h1, int[] states, float[] steps, int stepsAt, int stride) {
    int first = 0;
    for (int i = 0; i < 256; i += LANES) {
      IntVector state = IntVector.fromArray(INTS, states, 0);
      IntVector quantizer = state.and(1);
      long mask = quantizer.compare(VectorOperators.NE, 0).toLong();
      IntVector front = IntVector.fromArray(INTS, ordered, first).expand(VectorMask.fromLong(INTS, mask));
      IntVector level = BACKWARDS.selectFrom(IntVector.fromArray(INTS, ordered, 240 - i + first))
          .expand(VectorMask.fromLong(INTS, ~mask & ALL)).or(front);
      first += Long.bitCount(mask);
      IntVector magnitude = level.abs();
      IntVector sign = level.lanewise(VectorOperators.ASHR, 31);
      IntVector distance = magnitude.add(magnitude).sub(quantizer).max(0)
          .lanewise(VectorOperators.XOR, sign).sub(sign);
      ((FloatVector) distance.convert(VectorOperators.I2F, 0)).intoArray(steps, stepsAt + i / LANES * stride);
      state.lanewise(VectorOperators.LSHR, 1)
          .lanewise(VectorOperators.XOR, quantizer.neg().and(h0))
          .lanewise(VectorOperators.XOR, magnitude.and(1).neg().and(h1))
          .intoArray(states, 0);
    }
  }

  private static void joinIndices(
      int[] ordered, short[] low, int at, int lowBits, int h0, int h1, int[] states, float[] steps, int stepsAt, int stride) {
    int half = 1 << (lowBits - 1);
    int first = 0;
    for (int i = 0; i < 256; i += LANES) {
      IntVector state = IntVector.fromArray(INTS, states, 0);
      IntVector quantizer = state.and(1);
      long mask = quantizer.compare(VectorOperators.NE, 0).toLong();
      IntVector front = IntVector.fromArray(INTS, ordered, first).expand(VectorMask.fromLong(INTS, mask));
      IntVector level = BACKWARDS.selectFrom(IntVector.fromArray(INTS, ordered, 240 - i + first))
          .expand(VectorMask.fromLong(INTS, ~mask & ALL)).or(front);
      first += Long.bitCount(mask);
      IntVector lowest = (IntVector) ShortVector.fromArray(SHORTS, low, at + i).convertShape(VectorOperators.S2I, INTS, 0);
      IntVector index = level.lanewise(VectorOperators.LSHL, lowBits).sub(half).add(lowest);
      ((FloatVector) index.add(index).add(quantizer).convert(VectorOperators.I2F, 0))
          .intoArray(steps, stepsAt + i / LANES * stride);
      IntVector parity = index.lanewise(VectorOperators.ASHR, 31).not().and(quantizer).add(index);
      state.lanewise(VectorOperators.LSHR, 1)
          .lanewise(VectorOperators.XOR, quantizer.neg().and(h0))
          .lanewise(VectorOperators.XOR, parity.and(1).neg().and(h1))
          .intoArray(states, 0);
    }
  }

  @Override
  public void split(
      int[] codes, int from, int[] ordered, byte[] lowBits, short[] low, int at, float[] steps, int stepsAt, int stride) {
    int bits = ONE_VECTOR && isWarm() ? common(lowBits, at) : MIXED;
    if (bits == MIXED) {
      scalar.split(codes, from, ordered, lowBits, low, at, steps, stepsAt, stride);
      return;
    }
    int half = 1 << bits >> 1;
    int first = 0;
    for (int i = 0; i < 256; i += LANES) {
      IntVector code = IntVector.fromArray(INTS, codes, from + i);
      IntVector quantizer = code.and(1);
      IntVector sign = code.lanewise(VectorOperators.LSHR, 1).and(1).neg();
      IntVector magnitude = code.lanewise(VectorOperators.LSHR, 2);
      IntVector distance = magnitude.add(magnitude).sub(quantizer).max(0)
          .lanewise(VectorOperators.XOR, sign).sub(sign);
      ((FloatVector) distance.convert(VectorOperators.I2F, 0)).intoArray(steps, stepsAt + i / LANES * stride);
      IntVector level = magnitude.lanewise(VectorOperators.XOR, sign).sub(sign);
      if (bits > 0) {
        IntVector shifted = level.sub(sign.not().and(quantizer)).add(half);
        ((ShortVector) shifted.and((1 << bits) - 1).convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(low, at + i);
        level = shifted.lanewise(VectorOperators.ASHR, bits);
      }
      long mask = quantizer.compare(VectorOperators.NE, 0).toLong();
      int count = Long.bitCount(mask);
      // The whole vector backwards first: in the last row the front's levels take what it leaves.
      BACKWARDS.selectFrom(level.compress(VectorMask.fromLong(INTS, ~mask & ALL))).intoArray(ordered, 240 - i + first);
      level.compress(VectorMask.fromLong(INTS, mask)).intoArray(ordered, first, VectorMask.fromLong(INTS, (1L << count) - 1));
      first += count;
    }
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    CarrierKernels kernels = vector ? new VectorCarrierKernels() : scalar;
    Trellis trellis = Trellis.of(4);
    int[] codes = new int[256];
    Arrays.setAll(codes, i -> i * 37 % 29 | 4);
    int[] ordered = new int[ORDERED];
    short[] low = new short[256];
    float[] steps = new float[256];
    int[] states = new int[LANES];
    byte[] lowBits = new byte[256];
    return () -> {
      for (int bits = 0; bits < 3; bits++) {
        Arrays.fill(lowBits, (byte) bits);
        kernels.split(codes, 0, ordered, lowBits, low, 0, steps, 0, LANES);
        kernels.join(ordered, lowBits, low, 0, trellis, states, steps, 0, LANES);
      }
    };
  }
}
