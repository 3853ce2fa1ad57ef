package llm265.runtime.exchange;

import llm265.runtime.GradientAxes;
import llm265.runtime.message.ExpectedCoder;
import llm265.runtime.message.HeldRateCoder;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** Axes of all matrices that workers learn alike, and compressors that code on them. */
final class SharedAxes {
  private final double bitsPerValue;
  private final GradientAxes axes;
  private final Preconditioner preconditioner;
  private final float[] seen;

  /**
   * @param bitsPerValue of compressors
   * @param preconditioner that values are divided by before they are coded; null for none
   */
  SharedAxes(MatrixValues matrices, double bitsPerValue, Preconditioner preconditioner) {
    this.bitsPerValue = bitsPerValue;
    this.preconditioner = preconditioner;
    axes = new GradientAxes(
        matrices.matrices().stream().map(matrix -> new int[] {matrix.rows(), matrix.columns()}).toArray(int[][]::new));
    seen = new float[axes.tensors().values()];
  }

  /** Takes the average of a step. */
  void learn(float[] average) {
    System.arraycopy(average, 0, seen, 0, seen.length);
    if (preconditioner != null) {
      preconditioner.divide(seen);
    }
    axes.learn(seen);
  }

  void write(PayloadWriter out) {
    axes.write(out);
  }

  void read(PayloadReader in) {
    axes.read(in);
  }

  /** A compressor that codes on these axes. */
  Compressor compressor() {
    return new OnAxes();
  }

  private final class OnAxes implements Compressor {
    private final ExpectedCoder coder =
        new ExpectedCoder(axes.tensors(), bitsPerValue, HeldRateCoder.Settings.DEFAULT_STATE_BITS);

    @Override
    public double send(float[] values) {
      return 8.0 * axes.encode(coder, values).length;
    }

    @Override
    public void write(PayloadWriter out) {
      coder.writeState(out);
    }

    @Override
    public void read(PayloadReader in) {
      coder.readState(in);
    }
  }
}
