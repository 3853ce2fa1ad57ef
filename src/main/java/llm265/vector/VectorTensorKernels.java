package llm265.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import llm265.kernel.WarmingKernels;
import llm265.tensor.values.ScalarTensorKernels;
import llm265.tensor.values.TensorKernels;

/**
 * {@link TensorKernels} with the Vector API.
 *
 * <p>Sums keep the order of the contract: a vector holds some of the eight lanes, and a row is processed once for each vector
 * that eight lanes take. The rest of a row, fewer than eight values, is left to the scalar kernels; it starts at the first
 * lane, as the contract requires.
 *
 * <p>Speed relative to the scalar kernels on rows of 1024 values, JDK 25 on an AVX-512 machine, with its vectors of 512, 256 and
 * 128 bits (best of 25 runs of 20,000 calls):
 *
 * <pre>
 *   moments       3.8   1.6   -        regression    6.5   5.8   -
 *   quantize      4.7   3.1   1.4      squaredError  7.3   5.2   2.6
 *   dequantize    8.0   6.3   3.7
 * </pre>
 *
 * <p>Together with negate, levelCost, and the transforms of {@link VectorTransformKernels}, the search for sign patterns is 6
 * times as fast as with scalar kernels.
 */
public final class VectorTensorKernels extends WarmingKernels implements TensorKernels {
  private static final VectorSpecies<Double> DOUBLES = LaneIndex.INTS.withLanes(double.class);
  private static final int LANES_AT_A_TIME = DOUBLES.length();
  /** As many floats as a vector has doubles. */
  private static final VectorSpecies<Float> FEW_FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.vectorBitSize() / 2));
  private static final int WIDTH = INTS.length();
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * WIDTH)));

  /** 1.5 * 2^23: adding and then subtracting it rounds a binary32 below 2^22 to an integer, ties to even. */
  private static final float ROUNDER = 12_582_912f;

  /** Mask of a binary32 without its sign; then infinity. */
  private static final int MAGNITUDE = 0x7FFF_FFFF;

  private static final int INFINITY = 0x7F80_0000;

  private final ScalarTensorKernels scalar = new ScalarTensorKernels();

  @Override
  public int moments(float[] values, int offset, int count, double centre, double[] sums, float[] range) {
    if (LANES_AT_A_TIME == 2 || !isWarm()) {
      // With 128 bits the vector code ran at .07 of the scalar speed: C2 of JDK 25 left part of it on the heap
      return scalar.moments(values, offset, count, centre, sums, range);
    }
    int whole = count & -LANES;
    int notFinite = extend(values, offset, offset + whole, range);
    for (int lane = 0; lane < LANES; lane += LANES_AT_A_TIME) {
      if (notFinite == 0) {
        addMoments(values, offset + lane, offset + whole, centre, sums, lane);
      } else {
        addFiniteMoments(values, offset + lane, offset + whole, centre, sums, lane);
      }
    }
    return notFinite + scalar.moments(values, offset + whole, count - whole, centre, sums, range);
  }

  private static void addMoments(float[] values, int from, int to, double centre, double[] sums, int lane) {
    DoubleVector first = DoubleVector.fromArray(DOUBLES, sums, lane);
    DoubleVector second = DoubleVector.fromArray(DOUBLES, sums, LANES + lane);
    for (int i = from; i < to; i += LANES) {
      FloatVector value = FloatVector.fromArray(FEW_FLOATS, values, i);
      DoubleVector deviation = ((DoubleVector) value.convertShape(VectorOperators.F2D, DOUBLES, 0)).sub(centre);
      first = first.add(deviation);
      second = second.add(deviation.mul(deviation));
    }
    first.intoArray(sums, lane);
    second.intoArray(sums, LANES + lane);
  }

  /** The same for rows with values that are left out. */
  private static void addFiniteMoments(float[] values, int from, int to, double centre, double[] sums, int lane) {
    DoubleVector first = DoubleVector.fromArray(DOUBLES, sums, lane);
    DoubleVector second = DoubleVector.fromArray(DOUBLES, sums, LANES + lane);
    for (int i = from; i < to; i += LANES) {
      FloatVector value = FloatVector.fromArray(FEW_FLOATS, values, i);
      DoubleVector wide = (DoubleVector) value.convertShape(VectorOperators.F2D, DOUBLES, 0);
      VectorMask<Double> finite = wide.abs().compare(VectorOperators.LE, Float.MAX_VALUE);
      DoubleVector deviation = wide.sub(centre);
      // Adding -0 changes nothing, not even a -0
      DoubleVector none = DoubleVector.broadcast(DOUBLES, -0.0);
      first = none.blend(deviation, finite).add(first);
      second = none.blend(deviation.mul(deviation), finite).add(second);
    }
    first.intoArray(sums, lane);
    second.intoArray(sums, LANES + lane);
  }

  /**
   * Extends a range by the finite values of a row; returns the number of values that are not finite. Works on integers, which
   * have the order of the floats once negative ones are reversed: the minimum of floats takes several instructions because of
   * NaN and -0.
   */
  private static int extend(float[] values, int from, int to, float[] range) {
    IntVector least = IntVector.broadcast(INTS, ordered(range[0]));
    IntVector greatest = IntVector.broadcast(INTS, ordered(range[1]));
    int notFinite = 0;
    int i = from;
    for (; i <= to - WIDTH; i += WIDTH) {
      IntVector bits = FloatVector.fromArray(FLOATS, values, i).reinterpretAsInts();
      IntVector order = bits.lanewise(VectorOperators.XOR, bits.lanewise(VectorOperators.ASHR, 31).and(MAGNITUDE));
      VectorMask<Integer> finite = bits.and(MAGNITUDE).compare(VectorOperators.LT, INFINITY);
      notFinite += WIDTH - finite.trueCount();
      least = least.lanewise(VectorOperators.MIN, order, finite);
      greatest = greatest.lanewise(VectorOperators.MAX, order, finite);
    }
    range[0] = unordered(least.reduceLanes(VectorOperators.MIN));
    range[1] = unordered(greatest.reduceLanes(VectorOperators.MAX));
    for (; i < to; i++) {
      float value = values[i];
      if (Math.abs(value) <= Float.MAX_VALUE) {
        range[0] = Math.min(range[0], value);
        range[1] = Math.max(range[1], value);
      } else {
        notFinite++;
      }
    }
    return notFinite;
  }

  private static int ordered(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ (bits >> 31) & MAGNITUDE;
  }

  private static float unordered(int order) {
    return Float.intBitsToFloat(order ^ (order >> 31) & MAGNITUDE);
  }

  @Override
  public int quantize(float[] values, int offset, int count, float centre, float inverseScale, float bound,
      int middle, short[] samples, int samplesOffset) {
    if (!isWarm()) {
      return scalar.quantize(values, offset, count, centre, inverseScale, bound, middle, samples, samplesOffset);
    }
    int whole = count & -WIDTH;
    int outliers = 0;
    for (int i = 0; i < whole; i += WIDTH) {
      FloatVector level = FloatVector.fromArray(FLOATS, values, offset + i).sub(centre).mul(inverseScale);
      VectorMask<Float> inside = level.abs().compare(VectorOperators.LT, bound);
      outliers += WIDTH - inside.trueCount();
      IntVector rounded =
          (IntVector) level.add(ROUNDER).sub(ROUNDER).convert(VectorOperators.F2I, 0);
      IntVector sample = IntVector.zero(INTS).blend(rounded, inside.cast(INTS)).add(middle);
      ((ShortVector) sample.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(samples, samplesOffset + i);
    }
    return outliers
        + scalar.quantize(values, offset + whole, count - whole, centre, inverseScale, bound, middle,
            samples, samplesOffset + whole);
  }

  @Override
  public void dequantize(float[] levels, int levelsOffset, int count, float offset, float step,
      float[] values, int valuesOffset) {
    if (!isWarm()) {
      scalar.dequantize(levels, levelsOffset, count, offset, step, values, valuesOffset);
      return;
    }
    int whole = count & -WIDTH;
    for (int i = 0; i < whole; i += WIDTH) {
      FloatVector.fromArray(FLOATS, levels, levelsOffset + i).mul(step).add(offset).intoArray(values, valuesOffset + i);
    }
    scalar.dequantize(levels, levelsOffset + whole, count - whole, offset, step, values, valuesOffset + whole);
  }

  @Override
  public void regression(
      float[] values, int offset, int count, double centre, float[] levels, int levelsOffset, double[] sums) {
    if (LANES_AT_A_TIME == 2 || !isWarm()) {
      scalar.regression(values, offset, count, centre, levels, levelsOffset, sums);
      return;
    }
    int whole = count & -LANES;
    for (int lane = 0; lane < LANES; lane += LANES_AT_A_TIME) {
      addProducts(values, offset, whole, centre, levels, levelsOffset, sums, lane);
      addLevels(levels, levelsOffset, whole, sums, lane);
    }
    scalar.regression(
        values, offset + whole, count - whole, centre, levels, levelsOffset + whole, sums);
  }

  private static void addProducts(float[] values, int offset, int count, double centre,
      float[] levels, int levelsOffset, double[] sums, int lane) {
    DoubleVector first = DoubleVector.fromArray(DOUBLES, sums, lane);
    DoubleVector second = DoubleVector.fromArray(DOUBLES, sums, LANES + lane);
    for (int i = lane; i < count; i += LANES) {
      DoubleVector deviation =
          ((DoubleVector)
                  FloatVector.fromArray(FEW_FLOATS, values, offset + i).convertShape(VectorOperators.F2D, DOUBLES, 0))
              .sub(centre);
      DoubleVector level =
          (DoubleVector)
              FloatVector.fromArray(FEW_FLOATS, levels, levelsOffset + i).convertShape(VectorOperators.F2D, DOUBLES, 0);
      first = deviation.add(first);
      second = deviation.mul(level).add(second);
    }
    first.intoArray(sums, lane);
    second.intoArray(sums, LANES + lane);
  }

  private static void addLevels(float[] levels, int levelsOffset, int count, double[] sums, int lane) {
    DoubleVector first = DoubleVector.fromArray(DOUBLES, sums, 2 * LANES + lane);
    DoubleVector second = DoubleVector.fromArray(DOUBLES, sums, 3 * LANES + lane);
    for (int i = lane; i < count; i += LANES) {
      DoubleVector level =
          (DoubleVector)
              FloatVector.fromArray(FEW_FLOATS, levels, levelsOffset + i).convertShape(VectorOperators.F2D, DOUBLES, 0);
      first = level.add(first);
      second = level.mul(level).add(second);
    }
    first.intoArray(sums, 2 * LANES + lane);
    second.intoArray(sums, 3 * LANES + lane);
  }

  @Override
  public void negate(int[] values, byte[] signs, int signsOffset, int[] result) {
    if (LANES_AT_A_TIME == 2 || !isWarm()) {
      // Four bytes do not fill a vector
      scalar.negate(values, signs, signsOffset, result);
      return;
    }
    for (int i = 0; i < 256; i += WIDTH) {
      IntVector sign =
          (IntVector) ByteVector.fromArray(BYTES, signs, signsOffset + i).convertShape(VectorOperators.B2I, INTS, 0);
      IntVector.fromArray(INTS, values, i).lanewise(VectorOperators.XOR, sign).sub(sign).intoArray(result, i);
    }
  }

  @Override
  public int levelCost(
      int[] coefficients, int from, int count, float[] scale, float rounding, float unit, int[] costs, int last) {
    if (LANES_AT_A_TIME == 2 || !isWarm()) {
      return scalar.levelCost(coefficients, from, count, scale, rounding, unit, costs, last);
    }
    IntVector sum = IntVector.zero(INTS);
    for (int i = from; i < from + count; i += WIDTH) {
      FloatVector magnitude =
          ((FloatVector) IntVector.fromArray(INTS, coefficients, i).abs().convert(VectorOperators.I2F, 0))
              .mul(FloatVector.fromArray(FLOATS, scale, i & 15));
      IntVector level = (IntVector) magnitude.add(rounding).convert(VectorOperators.F2I, 0);
      FloatVector error = magnitude.sub((FloatVector) level.convert(VectorOperators.I2F, 0));
      IntVector distortion = (IntVector) error.mul(error).mul(unit).convert(VectorOperators.F2I, 0);
      // The table of 32 elements takes two vectors or four
      IntVector index = level.min(last);
      IntVector cost = index.selectFrom(IntVector.fromArray(INTS, costs, 0), IntVector.fromArray(INTS, costs, WIDTH));
      if (WIDTH < 16) {
        IntVector upper =
            index.selectFrom(IntVector.fromArray(INTS, costs, 2 * WIDTH), IntVector.fromArray(INTS, costs, 3 * WIDTH));
        cost = cost.blend(upper, index.compare(VectorOperators.GE, 2 * WIDTH));
      }
      sum = distortion.add(cost).add(sum);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }

  @Override
  public void squaredError(float[] a, int aOffset, float[] b, int bOffset, int count, double[] sums) {
    if (!isWarm()) {
      scalar.squaredError(a, aOffset, b, bOffset, count, sums);
      return;
    }
    int whole = count & -LANES;
    for (int lane = 0; lane < LANES; lane += LANES_AT_A_TIME) {
      DoubleVector sum = DoubleVector.fromArray(DOUBLES, sums, lane);
      for (int i = lane; i < whole; i += LANES) {
        DoubleVector difference =
            ((DoubleVector)
                    FloatVector.fromArray(FEW_FLOATS, a, aOffset + i).convertShape(VectorOperators.F2D, DOUBLES, 0))
                .sub(FloatVector.fromArray(FEW_FLOATS, b, bOffset + i).convertShape(VectorOperators.F2D, DOUBLES, 0));
        sum = difference.mul(difference).add(sum);
      }
      sum.intoArray(sums, lane);
    }
    scalar.squaredError(a, aOffset + whole, b, bOffset + whole, count - whole, sums);
  }

  @Override
  public boolean squares(float[] values, int offset, int count, double centre, double bound, double[] columns, double[] sums) {
    if (LANES_AT_A_TIME == 2 || !isWarm()) {
      return scalar.squares(values, offset, count, centre, bound, columns, sums);
    }
    int whole = count & -LANES;
    if (!areInside(values, offset, whole, count, centre, bound)) {
      return false;
    }
    for (int lane = 0; lane < LANES; lane += LANES_AT_A_TIME) {
      DoubleVector sum = DoubleVector.fromArray(DOUBLES, sums, lane);
      for (int i = lane; i < whole; i += LANES) {
        DoubleVector deviation =
            ((DoubleVector) FloatVector.fromArray(FEW_FLOATS, values, offset + i).convertShape(VectorOperators.F2D, DOUBLES, 0))
                .sub(centre);
        DoubleVector square = deviation.mul(deviation);
        DoubleVector.fromArray(DOUBLES, columns, i).add(square).intoArray(columns, i);
        sum = square.add(sum);
      }
      sum.intoArray(sums, lane);
    }
    for (int i = whole; i < count; i++) {
      double deviation = values[offset + i] - centre;
      columns[i] += deviation * deviation;
      sums[i % LANES] += deviation * deviation;
    }
    return true;
  }

  private static boolean areInside(float[] values, int offset, int whole, int count, double centre, double bound) {
    int inside = 0;
    for (int i = 0; i < whole; i += LANES_AT_A_TIME) {
      inside +=
          ((DoubleVector) FloatVector.fromArray(FEW_FLOATS, values, offset + i).convertShape(VectorOperators.F2D, DOUBLES, 0))
              .sub(centre)
              .abs()
              .compare(VectorOperators.LT, bound)
              .trueCount();
    }
    for (int i = whole; i < count; i++) {
      inside += Math.abs(values[offset + i] - centre) < bound ? 1 : 0;
    }
    return inside == count;
  }

  @Override
  public void bins(float[] values, int offset, int count, float centre, int shift, int[] bins) {
    if (!isWarm()) {
      scalar.bins(values, offset, count, centre, shift, bins);
      return;
    }
    int whole = count & -WIDTH;
    for (int i = 0; i < whole; i += WIDTH) {
      FloatVector.fromArray(FLOATS, values, offset + i).sub(centre).reinterpretAsInts()
          .lanewise(VectorOperators.LSHR, shift).intoArray(bins, i);
    }
    for (int i = whole; i < count; i++) {
      bins[i] = Float.floatToRawIntBits(values[offset + i] - centre) >>> shift;
    }
  }

  @Override
  public void levels(short[] samples, int from, int count, int middle, float[] levels) {
    if (!isWarm()) {
      scalar.levels(samples, from, count, middle, levels);
      return;
    }
    int whole = count & -WIDTH;
    for (int x = 0; x < whole; x += WIDTH) {
      IntVector level =
          ((IntVector) ShortVector.fromArray(SHORTS, samples, from + x).convertShape(VectorOperators.S2I, INTS, 0)).sub(middle);
      ((FloatVector) level.convert(VectorOperators.I2F, 0)).intoArray(levels, x);
    }
    for (int x = whole; x < count; x++) {
      levels[x] = samples[from + x] - middle;
    }
  }

  @Override
  public void bytes(short[] samples, int from, int count, byte[] bytes) {
    if (WIDTH < 8 || !isWarm()) {
      // Four bytes do not fill a vector
      scalar.bytes(samples, from, count, bytes);
      return;
    }
    int whole = count & -WIDTH;
    for (int x = 0; x < whole; x += WIDTH) {
      ((ByteVector) ShortVector.fromArray(SHORTS, samples, from + x).convertShape(VectorOperators.S2B, BYTES, 0))
          .intoArray(bytes, x);
    }
    for (int x = whole; x < count; x++) {
      bytes[x] = (byte) samples[from + x];
    }
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    TensorKernels kernels = vector ? new VectorTensorKernels() : scalar;
    int count = 256;
    float[] values = new float[count];
    float[] decoded = new float[count];
    short[] samples = new short[count];
    double[] sums = new double[4 * LANES];
    float[] levels = new float[count];
    float[] range = new float[2];
    double[] columns = new double[count];
    byte[] bytes = new byte[count];
    int[] coefficients = new int[count];
    byte[] signs = new byte[count];
    float[] scale = new float[16];
    int[] costs = new int[LEVEL_COSTS];
    int[] bins = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = i * 37 % 101 - 50;
      coefficients[i] = i * 37 % 101 - 50;
      signs[i] = (byte) -(i & 1);
      scale[i & 15] = 0.1f;
    }
    float[] notFinite = values.clone();
    notFinite[count / 2] = Float.NaN;
    return () -> {
      kernels.moments(values, 0, count, 0, sums, range);
      kernels.moments(notFinite, 0, count, 0, sums, range);
      kernels.quantize(values, 0, count, 0, 1, 127.5f, 128, samples, 0);
      kernels.dequantize(levels, 0, count, 0, 1, decoded, 0);
      kernels.regression(values, 0, count, 0, levels, 0, sums);
      kernels.squares(values, 0, count, 0, 100, columns, sums);
      kernels.bins(values, 0, count, 0.5f, 19, bins);
      kernels.levels(samples, 0, count, 128, levels);
      kernels.bytes(samples, 0, count, bytes);
      kernels.squaredError(values, 0, decoded, 0, count, sums);
      kernels.negate(coefficients, signs, 0, coefficients);
      kernels.levelCost(coefficients, 0, count, scale, 0.5f, 4096, costs, 23);
    };
  }
}
