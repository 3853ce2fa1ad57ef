package llm265.runtime.transform;

import llm265.lm.math.PackedMatrix;
import llm265.parallel.Workers;

/** A matrix times the channels of a token, and its inverse back: axes that were learnt. */
public final class MatrixTransform implements ChannelTransform {
  private final int channels;
  private final PackedMatrix forward;
  private final PackedMatrix inverse;

  /**
   * A transform.
   *
   * @param forward {@code channels x channels}, row-major: a row gives a coefficient
   * @param inverse likewise: a row gives a channel
   */
  public MatrixTransform(int channels, float[] forward, float[] inverse) {
    this.channels = channels;
    this.forward = PackedMatrix.of(channels, channels, forward);
    this.inverse = PackedMatrix.of(channels, channels, inverse);
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public void forward(float[] rows, int at, int tokens, long firstPosition) {
    multiply(forward, rows, at, tokens);
  }

  @Override
  public void inverse(float[] rows, int at, int tokens, long firstPosition) {
    multiply(inverse, rows, at, tokens);
  }

  private void multiply(PackedMatrix matrix, float[] rows, int at, int tokens) {
    float[] products = new float[tokens * channels];
    matrix.multiply(rows, at, tokens, products, Workers.CALLER);
    System.arraycopy(products, 0, rows, at, products.length);
  }
}
