package llm265.runtime.exchange;

import llm265.runtime.message.Segments;

/**
 * A scale for each value of the matrices that all workers know without being told: the root of Adam's second moment, and a tenth
 * of the tensor's. Noise of values that are coded over their scales is of one size in Adam's steps.
 */
final class Preconditioner {
  private static final double FLOOR = 0.1;

  private final Segments tensors;
  private final float[] scales;
  private boolean isKnown;

  Preconditioner(Segments tensors) {
    this.tensors = tensors;
    scales = new float[tensors.values()];
  }

  /** Takes the scales from second moments; while they are all 0, nothing is scaled. */
  void set(MatrixValues matrices, float[] second) {
    matrices.gather(second, scales);
    for (int i = 0; i < tensors.count(); i++) {
      double sum = 0;
      for (int k = tensors.begin(i); k < tensors.end(i); k++) {
        sum += scales[k];
      }
      double floor = FLOOR * Math.sqrt(sum / (tensors.end(i) - tensors.begin(i)));
      for (int k = tensors.begin(i); k < tensors.end(i); k++) {
        float scale = (float) (Math.sqrt(scales[k]) + floor);
        scales[k] = scale >= Float.MIN_NORMAL ? scale : 1;
        isKnown |= sum > 0;
      }
    }
  }

  void divide(float[] values) {
    for (int i = 0; i < values.length && isKnown; i++) {
      values[i] /= scales[i];
    }
  }

  void multiply(float[] values) {
    for (int i = 0; i < values.length && isKnown; i++) {
      values[i] *= scales[i];
    }
  }
}
