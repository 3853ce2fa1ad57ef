package llm265.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import llm265.h264.transform.LevelScale;
import llm265.h264.transform.Quantization;
import llm265.h264.transform.ScalarTransformKernels;
import llm265.h264.transform.TransformKernels;
import llm265.kernel.WarmingKernels;

/**
 * {@link TransformKernels} with the Vector API.
 *
 * <p>Speed relative to the scalar kernels, all blocks coded, JDK 25 on an AVX-512 machine, with its vectors of 512, 256 and 128
 * bits (best of 25 runs of 20,000 calls):
 *
 * <pre>
 *   residual4x4   5.9   3.1   1.5      forward4x4    4.7   1.4   0.8, so scalar
 *   residual8x8   4.3   2.5   -        forward8x8    9.3   3.4   -
 *   quantize       13    8     3
 * </pre>
 *
 * <p>With transform and addition of a block row in one method, residual4x4 reached only 3.1, 1.8 and 1.1: the method was too
 * large to be inlined as a whole, and passed vectors through the heap.
 */
public final class VectorTransformKernels extends WarmingKernels implements TransformKernels {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  private static final int LANES = LaneIndex.LANES;

  private final ScalarTransformKernels scalar = new ScalarTransformKernels();

  @Override
  public void residual4x4(int[] levels, int levelsOff, int[] levelScale, int qP, int[] dc, int dcOff,
      int blockMask, int blocks, short[] samples, int offset, int stride, int maxSample, int[] scratch) {
    if (blocks != 16 || !isWarm()) {
      scalar.residual4x4(levels, levelsOff, levelScale, qP, dc, dcOff, blockMask, blocks,
          samples, offset, stride, maxSample, scratch);
      return;
    }
    scale(levels, levelsOff, levelScale, qP / 6 - 4, blockMask, 4, scratch);
    if (dc != null) {
      for (int b = 0; b < 16; b++) {
        scratch[16 * b] = dc[dcOff + b];
      }
    }
    int present = dc == null ? blockMask : 0xFFFF;
    Vector4x4.residual(scratch, present, samples, offset, stride, maxSample);
  }

  /**
   * 8.5.12.1 or 8.5.13.1 for 256 levels: (level * levelScale) * 2^exponent, rounded to the nearest.
   *
   * @param blockMask blocks whose bit is clear give 0, whatever their levels
   * @param log2Block log2 of the number of levels in a block
   */
  private static void scale(
      int[] levels, int off, int[] levelScale, int exponent, int blockMask, int log2Block, int[] d) {
    int left = Math.max(0, exponent);
    int right = Math.max(0, -exponent);
    int round = 1 << right >> 1;
    int mask = levelScale.length - 1;
    for (int k = 0; k < 256; k += LANES) {
      int coded = -((blockMask >> (k >> log2Block)) & 1);
      IntVector.fromArray(INTS, levels, off + k)
          .mul(IntVector.fromArray(INTS, levelScale, k & mask))
          .add(round)
          .lanewise(VectorOperators.ASHR, right)
          .lanewise(VectorOperators.LSHL, left)
          .and(coded)
          .intoArray(d, k);
    }
  }

  @Override
  public void residual8x8(int[] levels, int levelsOff, int[] levelScale, int qP, int blockMask,
      short[] samples, int offset, int stride, int maxSample, int[] scratch) {
    if (LANES < 8 || !isWarm()) {
      scalar.residual8x8(
          levels, levelsOff, levelScale, qP, blockMask, samples, offset, stride, maxSample, scratch);
      return;
    }
    scale(levels, levelsOff, levelScale, qP / 6 - 6, blockMask, 6, scratch);
    Vector8x8.residual(scratch, blockMask, samples, offset, stride, maxSample);
  }

  @Override
  public void forward4x4(int[] residual, int[] coefficients) {
    if (LANES < 8 || !isWarm()) {
      // With 4 lanes the transpositions cost more than the lanes save: 0.8 times the scalar speed
      scalar.forward4x4(residual, coefficients);
    } else {
      Vector4x4.forward(residual, coefficients);
    }
  }

  @Override
  public void forward8x8(int[] residual, int[] coefficients) {
    if (LANES < 8 || !isWarm()) {
      scalar.forward8x8(residual, coefficients);
    } else {
      Vector8x8.forward(residual, coefficients);
    }
  }

  @Override
  public int quantize(
      int[] coefficients, int off, int n, float[] scale, float roundingOffset, int[] levels, int levelsOff) {
    if (!isWarm()) {
      return scalar.quantize(coefficients, off, n, scale, roundingOffset, levels, levelsOff);
    }
    int coded = 0;
    int mask = scale.length - 1;
    for (int k = 0; k < n; k += LANES) {
      IntVector w = IntVector.fromArray(INTS, coefficients, off + k);
      FloatVector magnitude = (FloatVector) w.abs().convert(VectorOperators.I2F, 0);
      IntVector level =
          (IntVector)
              magnitude
                  .mul(FloatVector.fromArray(FLOATS, scale, k & mask))
                  .add(roundingOffset)
                  .convert(VectorOperators.F2I, 0);
      // Two's complement by hand: a lane of -1 or 0 is cheaper than a mask
      IntVector sign = w.lanewise(VectorOperators.ASHR, 31);
      level.lanewise(VectorOperators.XOR, sign).sub(sign).intoArray(levels, levelsOff + k);
      coded |= (level.compare(VectorOperators.NE, 0).anyTrue() ? 1 : 0) << (k >> 4);
    }
    return coded;
  }

  @Override
  protected Runnable rehearsal(boolean vector) {
    TransformKernels kernels = vector ? new VectorTransformKernels() : scalar;
    int[] residual = new int[256];
    int[] coefficients = new int[256];
    int[] levels = new int[256];
    int[] scratch = new int[SCRATCH];
    short[] samples = new short[256];
    Arrays.setAll(residual, k -> k * 37 % 101 - 50);
    int qP = 24;
    int[] levelScale4x4 = LevelScale.FLAT.levelScale4x4(0, qP);
    int[] levelScale8x8 = LevelScale.FLAT.levelScale8x8(0, qP);
    float[] scale4x4 = Quantization.scale4x4(levelScale4x4, qP);
    float[] scale8x8 = Quantization.scale8x8(levelScale8x8, qP);
    return () -> {
      kernels.forward4x4(residual, coefficients);
      kernels.quantize(coefficients, 0, 256, scale4x4, 0.5f, levels, 0);
      kernels.residual4x4(levels, 0, levelScale4x4, qP, null, 0, 0xFFFF, 16, samples, 0, 16, 255, scratch);
      kernels.residual4x4(levels, 0, levelScale4x4, qP, residual, 0, 0xFFFF, 16, samples, 0, 16, 255, scratch);
      kernels.forward8x8(residual, coefficients);
      kernels.quantize(coefficients, 0, 256, scale8x8, 0.5f, levels, 0);
      kernels.residual8x8(levels, 0, levelScale8x8, qP, 15, samples, 0, 16, 255, scratch);
    };
  }
}
