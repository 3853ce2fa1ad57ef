package llm265.tensor.tools;

import llm265.h264.macroblock.BlockScan;
import llm265.h264.transform.DcTransform;
import llm265.h264.transform.TransformKernels;

/**
 * The pre-inverse transform: brings values to where the quantizer of an Intra_16x16 macroblock sees its coefficients. SPEC.md,
 * "Pre-inverse transform".
 *
 * <p>The encoder's source is the inverse transform of the values: 4x4 cosine transforms and the Hadamard transform of their DC
 * coefficients, as orthonormal transforms. The decoder's samples are transformed forward again. The codec's own transform
 * cancels, so its quantizer works on the data itself. Heavy tails keep their advantage, and a value too large for a sample is
 * spread over sixteen. Gaussian data gains nothing and would lose the choice of sign patterns.
 */
public final class PreInverse {
  private static final TransformKernels TRANSFORM = TransformKernels.ACTIVE;

  /** Lengths of the rows of the 4x4 transform matrix: 2 and the root of 10. */
  private static final float EVEN = 0.5f;

  private static final float ODD = (float) (1 / StrictMath.sqrt(10));

  /** Factors of integer coefficients, by position: binary32 1/4, 1 / (2 root 10) and 1/10. */
  private static final float[] UNIT = new float[16];

  /** Factor of the DC coefficients after the Hadamard transform. */
  private static final float DC_UNIT = 1 / 16f;

  static {
    float mixed = (float) (1 / (2 * StrictMath.sqrt(10)));
    for (int k = 0; k < 16; k++) {
      boolean oddRow = ((k >> 2) & 1) != 0;
      boolean oddColumn = (k & 1) != 0;
      UNIT[k] = oddRow && oddColumn ? 0.1f : oddRow || oddColumn ? mixed : 0.25f;
    }
  }

  private final float[] dc = new float[16];
  private final int[] dcSums = new int[16];
  private final int[] residual = new int[256];
  private final int[] coefficients = new int[256];
  private final float[] block = new float[16];

  /**
   * Replaces levels by their inverse transform, in place, rounded to nearest and clipped.
   *
   * @param samples source samples; {@code middle} is level 0
   * @param greatest greatest magnitude of a level in units of a source sample
   */
  public void inverse(short[] samples, int stride, int height, int middle, int greatest) {
    for (int y = 0; y < height; y += 16) {
      for (int x = 0; x < stride; x += 16) {
        inverseMacroblock(samples, y * stride + x, stride, middle, greatest);
      }
    }
  }

  private void inverseMacroblock(short[] samples, int first, int stride, int middle, int greatest) {
    for (int b = 0; b < 16; b++) {
      dc[b] = samples[first + 4 * (b >> 2) * stride + 4 * (b & 3)] - middle;
    }
    hadamard(dc);
    for (int b = 0; b < 16; b++) {
      int at = first + 4 * (b >> 2) * stride + 4 * (b & 3);
      for (int k = 0; k < 16; k++) {
        block[k] = samples[at + (k >> 2) * stride + (k & 3)] - middle;
      }
      block[0] = 0.25f * dc[b];
      for (int i = 0; i < 4; i++) {
        inverse4(block, 4 * i, 1);
      }
      for (int i = 0; i < 4; i++) {
        inverse4(block, i, 4);
      }
      for (int k = 0; k < 16; k++) {
        int level = Math.clamp((int) StrictMath.rint(block[k]), -greatest, greatest);
        samples[at + (k >> 2) * stride + (k & 3)] = (short) (middle + level);
      }
    }
  }

  /** The orthonormal inverse of the rows (1 1 1 1), (2 1 -1 -2), (1 -1 -1 1), (1 -2 2 -1). */
  private static void inverse4(float[] v, int at, int step) {
    float a = EVEN * v[at];
    float b = ODD * v[at + step];
    float c = EVEN * v[at + 2 * step];
    float d = ODD * v[at + 3 * step];
    v[at] = (a + c) + (2 * b + d);
    v[at + step] = (a - c) + (b - 2 * d);
    v[at + 2 * step] = (a - c) - (b - 2 * d);
    v[at + 3 * step] = (a + c) - (2 * b + d);
  }

  /** 4x4 Hadamard transform, of length 4. */
  private static void hadamard(float[] v) {
    for (int pass = 0; pass < 2; pass++) {
      int step = pass == 0 ? 1 : 4;
      for (int i = 0; i < 4; i++) {
        int at = pass == 0 ? 4 * i : i;
        float a = v[at] + v[at + step];
        float b = v[at] - v[at + step];
        float c = v[at + 2 * step] + v[at + 3 * step];
        float d = v[at + 2 * step] - v[at + 3 * step];
        v[at] = a + c;
        v[at + step] = a - c;
        v[at + 2 * step] = b - d;
        v[at + 3 * step] = b + d;
      }
    }
  }

  /**
   * Transforms decoded levels forward, in place. Everything before one last product is in integers, so that every reader gets
   * the same floats.
   *
   * @param levels integers: samples less their middle
   */
  public void forward(float[] levels, int stride, int height) {
    for (int y = 0; y < height; y += 16) {
      for (int x = 0; x < stride; x += 16) {
        forwardMacroblock(levels, y * stride + x, stride);
      }
    }
  }

  private void forwardMacroblock(float[] levels, int first, int stride) {
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        residual[16 * y + x] = (int) levels[first + y * stride + x];
      }
    }
    TRANSFORM.forward4x4(residual, coefficients);
    DcTransform.forwardLuma(coefficients, dcSums, 0);
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      int at = first + 4 * BlockScan.BLOCK_ROW[blkIdx] * stride + 4 * BlockScan.BLOCK_COLUMN[blkIdx];
      for (int k = 1; k < 16; k++) {
        levels[at + (k >> 2) * stride + (k & 3)] = UNIT[k] * coefficients[16 * blkIdx + k];
      }
    }
    for (int b = 0; b < 16; b++) {
      levels[first + 4 * (b >> 2) * stride + 4 * (b & 3)] = DC_UNIT * dcSums[b];
    }
  }
}
