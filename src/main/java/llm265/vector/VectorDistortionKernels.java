package llm265.vector;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import llm265.h264.encode.DistortionKernels;
import llm265.h264.encode.ScalarDistortionKernels;
import llm265.kernel.WarmingKernels;

/**
 * {@link DistortionKernels} with the Vector API.
 *
 * <p>Speed relative to the scalar kernels on square blocks 16, 8 and 4 samples wide, JDK 25 on an AVX-512 machine, with its
 * vectors of 512, 256 and 128 bits (best of 25 runs of 20,000 calls):
 *
 * <pre>
 *                 512             256             128
 *   subtract      7.6  5.2  2.4   4.7  5.0  2.0   2.9  2.2  2.1
 *   squaredError  5.4  3.6  1.7   3.8  3.6  1.7   2.6  1.9  1.2
 * </pre>
 *
 * <p>The three widths differ only in constants. But a species must be a constant of its class, or vectors are boxed.
 */
public final class VectorDistortionKernels extends WarmingKernels implements DistortionKernels {
  /** Number of squares that a lane may add up: 8 * 16383^2 is less than 2^31. */
  private static final int SQUARES = 8;

  private final ScalarDistortionKernels scalar = new ScalarDistortionKernels();

  @Override
  public long subtract(short[] source, int sourceOffset, int sourceStride, short[] prediction, int predictionOffset,
      int predictionStride, int width, int height, int shift, int[] residual) {
    if (!isWarm()) {
      return scalar.subtract(source, sourceOffset, sourceStride, prediction, predictionOffset, predictionStride,
          width, height, shift, residual);
    }
    return switch (width) {
      case 16 -> Width16.squares(source, sourceOffset, sourceStride,
          prediction, predictionOffset, predictionStride, height, shift, residual);
      case 8 -> Width8.squares(source, sourceOffset, sourceStride,
          prediction, predictionOffset, predictionStride, height, shift, residual);
      default -> Width4.squares(source, sourceOffset, sourceStride,
          prediction, predictionOffset, predictionStride, height, shift, residual);
    };
  }

  @Override
  public long squaredError(
      short[] a, int aOffset, int aStride, short[] b, int bOffset, int bStride, int width, int height,
      int shift) {
    if (!isWarm()) {
      return scalar.squaredError(a, aOffset, aStride, b, bOffset, bStride, width, height, shift);
    }
    return switch (width) {
      case 16 -> Width16.squares(a, aOffset, aStride, b, bOffset, bStride, height, shift, null);
      case 8 -> Width8.squares(a, aOffset, aStride, b, bOffset, bStride, height, shift, null);
      default -> Width4.squares(a, aOffset, aStride, b, bOffset, bStride, height, shift, null);
    };
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    DistortionKernels kernels = vector ? new VectorDistortionKernels() : scalar;
    short[] a = new short[256];
    short[] b = new short[256];
    int[] residual = new int[256];
    for (int k = 0; k < 256; k++) {
      a[k] = (short) (k * 37 & 255);
    }
    return () -> {
      for (int width = 4; width <= 16; width *= 2) {
        kernels.subtract(a, 0, width, b, 0, width, width, width, 0, residual);
        kernels.squaredError(a, 0, width, b, 0, width, width, width, 0);
      }
    };
  }

  /** Blocks 16 samples wide. */
  private static final class Width16 {
    private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
    private static final VectorSpecies<Short> SHORTS =
        VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.vectorBitSize() / 2));
    private static final VectorSpecies<Long> LONGS = INTS.withLanes(long.class);
    private static final int LANES = INTS.length();
    private static final int ROWS = SQUARES * LANES / 16;

    /** Sum of the squared differences; the differences go to {@code residual} unless it is null. */
    static long squares(short[] a, int aOffset, int aStride, short[] b, int bOffset, int bStride, int height,
        int shift, int[] residual) {
      long sum = 0;
      for (int first = 0; first < height; first += ROWS) {
        IntVector squares = IntVector.zero(INTS);
        for (int y = first; y < Math.min(first + ROWS, height); y++) {
          for (int x = 0; x < 16; x += LANES) {
            ShortVector subtrahend = ShortVector.fromArray(SHORTS, b, bOffset + y * bStride + x);
            IntVector difference =
                (IntVector)
                    ShortVector.fromArray(SHORTS, a, aOffset + y * aStride + x)
                        .sub(subtrahend.lanewise(VectorOperators.LSHL, shift))
                        .convertShape(VectorOperators.S2I, INTS, 0);
            if (residual != null) {
              difference.intoArray(residual, 16 * y + x);
            }
            squares = difference.mul(difference).add(squares);
          }
        }
        sum +=
            ((LongVector) squares.convertShape(VectorOperators.I2L, LONGS, 0))
                .add(squares.convertShape(VectorOperators.I2L, LONGS, 1))
                .reduceLanes(VectorOperators.ADD);
      }
      return sum;
    }
  }

  /** Blocks 8 samples wide. */
  private static final class Width8 {
    private static final VectorSpecies<Integer> INTS = LaneIndex.LANES < 8 ? LaneIndex.INTS : IntVector.SPECIES_256;
    private static final VectorSpecies<Short> SHORTS =
        VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.vectorBitSize() / 2));
    private static final VectorSpecies<Long> LONGS = INTS.withLanes(long.class);
    private static final int LANES = INTS.length();
    private static final int ROWS = SQUARES * LANES / 8;

    /** Sum of the squared differences; the differences go to {@code residual} unless it is null. */
    static long squares(short[] a, int aOffset, int aStride, short[] b, int bOffset, int bStride, int height,
        int shift, int[] residual) {
      long sum = 0;
      for (int first = 0; first < height; first += ROWS) {
        IntVector squares = IntVector.zero(INTS);
        for (int y = first; y < Math.min(first + ROWS, height); y++) {
          for (int x = 0; x < 8; x += LANES) {
            ShortVector subtrahend = ShortVector.fromArray(SHORTS, b, bOffset + y * bStride + x);
            IntVector difference =
                (IntVector)
                    ShortVector.fromArray(SHORTS, a, aOffset + y * aStride + x)
                        .sub(subtrahend.lanewise(VectorOperators.LSHL, shift))
                        .convertShape(VectorOperators.S2I, INTS, 0);
            if (residual != null) {
              difference.intoArray(residual, 8 * y + x);
            }
            squares = difference.mul(difference).add(squares);
          }
        }
        sum +=
            ((LongVector) squares.convertShape(VectorOperators.I2L, LONGS, 0))
                .add(squares.convertShape(VectorOperators.I2L, LONGS, 1))
                .reduceLanes(VectorOperators.ADD);
      }
      return sum;
    }
  }

  /** Blocks 4 samples wide. */
  private static final class Width4 {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_128;
    private static final VectorSpecies<Short> SHORTS =
        VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.vectorBitSize() / 2));
    private static final VectorSpecies<Long> LONGS = INTS.withLanes(long.class);
    private static final int LANES = INTS.length();
    private static final int ROWS = SQUARES * LANES / 4;

    /** Sum of the squared differences; the differences go to {@code residual} unless it is null. */
    static long squares(short[] a, int aOffset, int aStride, short[] b, int bOffset, int bStride, int height,
        int shift, int[] residual) {
      long sum = 0;
      for (int first = 0; first < height; first += ROWS) {
        IntVector squares = IntVector.zero(INTS);
        for (int y = first; y < Math.min(first + ROWS, height); y++) {
          for (int x = 0; x < 4; x += LANES) {
            ShortVector subtrahend = ShortVector.fromArray(SHORTS, b, bOffset + y * bStride + x);
            IntVector difference =
                (IntVector)
                    ShortVector.fromArray(SHORTS, a, aOffset + y * aStride + x)
                        .sub(subtrahend.lanewise(VectorOperators.LSHL, shift))
                        .convertShape(VectorOperators.S2I, INTS, 0);
            if (residual != null) {
              difference.intoArray(residual, 4 * y + x);
            }
            squares = difference.mul(difference).add(squares);
          }
        }
        sum +=
            ((LongVector) squares.convertShape(VectorOperators.I2L, LONGS, 0))
                .add(squares.convertShape(VectorOperators.I2L, LONGS, 1))
                .reduceLanes(VectorOperators.ADD);
      }
      return sum;
    }
  }
}
