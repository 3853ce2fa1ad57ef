package llm265.lm.layer;

import llm265.lm.math.PackedMatrix;
import llm265.parallel.Workers;

/** A linear layer with its numbers: {@code y = W x + b}. The matrix can be replaced. */
public final class Linear {
  private final LinearLayer layer;
  private final float[] bias;
  private PackedMatrix matrix;

  /**
   * @param matrix as files have it
   * @param bias null for none
   */
  public Linear(LinearLayer layer, float[] matrix, float[] bias) {
    this.layer = layer;
    this.bias = bias;
    setMatrix(matrix);
  }

  public LinearLayer layer() {
    return layer;
  }

  /**
   * Replaces the matrix.
   *
   * @param values as files have it
   * @throws IllegalArgumentException if it has another size
   */
  public void setMatrix(float... values) {
    int outputs = layer.outFeatures();
    int inputs = layer.inFeatures();
    matrix = layer.transposed() ? PackedMatrix.ofTransposed(outputs, inputs, values) : PackedMatrix.of(outputs, inputs, values);
  }

  /** Copies the factors of one output, which are the embedding of a token where these are tied. */
  public void copyRow(int output, float[] row, int offset) {
    matrix.copyRow(output, row, offset);
  }

  /**
   * The outputs of rows that begin at row {@code from} of {@code x}.
   *
   * @param y receives {@code rows x outFeatures} floats from index 0 on
   */
  public void apply(float[] x, int from, int rows, float[] y, Workers workers) {
    matrix.multiply(x, from * layer.inFeatures(), rows, y, workers);
    if (bias != null) {
      for (int row = 0; row < rows; row++) {
        add(bias, y, row * bias.length);
      }
    }
  }

  private static void add(float[] bias, float[] y, int at) {
    for (int i = 0; i < bias.length; i++) {
      y[at + i] += bias[i];
    }
  }
}
