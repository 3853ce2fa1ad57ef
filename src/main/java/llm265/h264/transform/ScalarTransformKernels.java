package llm265.h264.transform;

import llm265.h264.macroblock.BlockScan;

/** The reference: block after block, as the clauses say. */
public final class ScalarTransformKernels implements TransformKernels {
  @Override
  public void residual4x4(int[] levels, int levelsOff, int[] levelScale, int qP, int[] dc, int dcOff,
      int blockMask, int blocks, short[] samples, int offset, int stride, int maxSample, int[] scratch) {
    for (int b = 0; b < blocks; b++) {
      boolean coded = ((blockMask >> b) & 1) != 0;
      if (!coded && (dc == null || dc[dcOff + b] == 0)) {
        continue;
      }
      int column = blocks == 16 ? BlockScan.BLOCK_COLUMN[b] : b & 1;
      int row = blocks == 16 ? BlockScan.BLOCK_ROW[b] : b >> 1;
      int blockOffset = offset + 4 * row * stride + 4 * column;
      if (dc == null) {
        InverseTransform.residual4x4(
            levels, levelsOff + 16 * b, levelScale, qP, samples, blockOffset, stride, maxSample, scratch);
      } else if (coded) {
        InverseTransform.residual4x4(levels, levelsOff + 16 * b, levelScale, qP, dc[dcOff + b],
            samples, blockOffset, stride, maxSample, scratch);
      } else {
        InverseTransform.residualDc4x4(dc[dcOff + b], samples, blockOffset, stride, maxSample);
      }
    }
  }

  @Override
  public void residual8x8(int[] levels, int levelsOff, int[] levelScale, int qP, int blockMask,
      short[] samples, int offset, int stride, int maxSample, int[] scratch) {
    for (int b = 0; b < 4; b++) {
      if (((blockMask >> b) & 1) != 0) {
        InverseTransform.residual8x8(levels, levelsOff + 64 * b, levelScale, qP,
            samples, offset + 8 * (b >> 1) * stride + 8 * (b & 1), stride, maxSample, scratch);
      }
    }
  }

  @Override
  public void forward4x4(int[] residual, int[] coefficients) {
    for (int b = 0; b < 16; b++) {
      int first = 64 * BlockScan.BLOCK_ROW[b] + 4 * BlockScan.BLOCK_COLUMN[b];
      ForwardTransform.forward4x4(residual, first, 16, coefficients, 16 * b);
    }
  }

  @Override
  public void forward8x8(int[] residual, int[] coefficients) {
    for (int b = 0; b < 4; b++) {
      ForwardTransform.forward8x8(residual, 128 * (b >> 1) + 8 * (b & 1), 16, coefficients, 64 * b);
    }
  }

  @Override
  public int quantize(
      int[] coefficients, int off, int n, float[] scale, float roundingOffset, int[] levels, int levelsOff) {
    int mask = scale.length - 1;
    for (int k = 0; k < n; k++) {
      levels[levelsOff + k] = Quantization.quantize(coefficients[off + k], scale[k & mask], roundingOffset);
    }
    int coded = 0;
    for (int b = 0; b < n >> 4; b++) {
      int any = 0;
      for (int k = 16 * b; k < 16 * b + 16; k++) {
        any |= levels[levelsOff + k];
      }
      coded |= (any != 0 ? 1 : 0) << b;
    }
    return coded;
  }
}
