package llm265.baseline;

import java.util.ArrayList;
import java.util.List;
import llm265.moments.InputMoments;
import llm265.numeric.HadamardRotation;
import llm265.parallel.Workers;

/**
 * QuaRot (Ashkboos et al., arXiv 2404.00456), weights only: the inputs of a layer are rotated by a randomized Hadamard matrix R,
 * so no input and no weight stands out; W R is quantized, and the model computes Q(W R) R^T x. The result here is Q(W R) R^T.
 *
 * <p>The weights of a norm before the layer are moved into W first, and taken off the result. So where these are small, weights
 * come out far off, and the products that count do not. Nothing is learned. Quantized by
 * rounding, nothing is calibrated; by GPTQ, the second moments of rotated inputs are. Rotations cost no bits: a seed makes them.
 *
 * <p>Differences: the original also rotates the outputs of o and down, as these are inputs of later layers, and has one rotation
 * for all layers of the residual stream; for weights alone the inputs' rotation is what counts. It rotates the inputs of o by
 * heads and across heads, which together is the full matrix that is used here.
 */
final class QuaRot implements WeightQuantizer {
  private static final long SEED = 0;

  private final String name;
  private final WeightQuantizer inner;
  private final Workers workers;

  /** @param inner quantizes rotated layers */
  QuaRot(String name, WeightQuantizer inner, Workers workers) {
    this.name = name;
    this.inner = inner;
    this.workers = workers;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isCalibrated() {
    return inner.isCalibrated();
  }

  @Override
  public String settings() {
    return "inputs rotated by randomized Hadamard matrices, not learned; " + inner.settings();
  }

  @Override
  public List<QuantizedLayer> quantize(LinearGroup group) {
    HadamardRotation rotation = new HadamardRotation(group.in(), SEED);
    float[] gain = group.inputGain();
    List<Layer> rotated = new ArrayList<>();
    for (Layer layer : group.layers()) {
      float[] weights = forEachRow(layer.weights(), layer.in(), row -> {
        for (int c = 0; gain != null && c < row.length; c++) {
          row[c] *= gain[c];
        }
        rotation.apply(row);
      });
      rotated.add(new Layer(layer.name(), weights, layer.out(), layer.in()));
    }
    InputMoments moments = isCalibrated() ? rotated(group.requireMoments("GPTQ"), gain, rotation) : null;
    List<QuantizedLayer> results = new ArrayList<>();
    for (QuantizedLayer result : inner.quantize(new LinearGroup(rotated, moments, null, false))) {
      float[] weights = forEachRow(result.weights(), group.in(), row -> {
        rotation.invert(row);
        for (int c = 0; gain != null && c < row.length; c++) {
          // What a gain of 0 multiplies has no effect.
          row[c] = gain[c] == 0 ? 0 : row[c] / gain[c];
        }
      });
      results.add(new QuantizedLayer(weights, result.bits()));
    }
    return results;
  }

  private interface RowWork {
    void run(double[] row);
  }

  private float[] forEachRow(float[] matrix, int n, RowWork work) {
    float[] result = new float[matrix.length];
    RowChunks.forEach(workers, matrix.length / n, (first, end) -> {
      double[] row = new double[n];
      for (int r = first; r < end; r++) {
        for (int c = 0; c < n; c++) {
          row[c] = matrix[r * n + c];
        }
        work.run(row);
        for (int c = 0; c < n; c++) {
          result[r * n + c] = (float) row[c];
        }
      }
    });
    return result;
  }

  /** R^T H R, of inputs without the norm's gain. Mean magnitudes are those of a normal distribution; no method here asks. */
  private static InputMoments rotated(InputMoments moments, float[] gain, HadamardRotation rotation) {
    int n = moments.size();
    double[] second = moments.second().clone();
    for (int i = 0; gain != null && i < second.length; i++) {
      double factor = (double) gain[i / n] * gain[i % n];
      second[i] = factor == 0 ? 0 : second[i] / factor;
    }
    rotateRows(second, n, rotation);
    double[] transposed = new double[second.length];
    for (int i = 0; i < second.length; i++) {
      transposed[i] = second[i % n * n + i / n];
    }
    rotateRows(transposed, n, rotation);
    double[] magnitudes = new double[n];
    for (int c = 0; c < n; c++) {
      // Rounding may leave a trace below 0.
      transposed[c * n + c] = Math.max(0, transposed[c * n + c]);
      magnitudes[c] = Math.sqrt(transposed[c * n + c] * 2 / Math.PI);
    }
    return new InputMoments(transposed, magnitudes, moments.tokens());
  }

  private static void rotateRows(double[] matrix, int n, HadamardRotation rotation) {
    double[] row = new double[n];
    for (int r = 0; r < n; r++) {
      System.arraycopy(matrix, r * n, row, 0, n);
      rotation.apply(row);
      System.arraycopy(row, 0, matrix, r * n, n);
    }
  }
}
