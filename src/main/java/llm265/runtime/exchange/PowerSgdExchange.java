package llm265.runtime.exchange;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import llm265.runtime.exchange.ParameterLayout.Parameter;
import llm265.runtime.message.CodecState;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * PowerSGD (1905.13727): of each matrix G = g + e [n, m] a product of rank r. With last step's Q [m, r], orthonormal: P = mean of
 * G Q, orthonormalized; Q = mean of G^T P; all have P Q^T, and each keeps e = G - P Q^T. Matrices that this would not make half
 * as large go as bfloat16, as vectors do.
 */
final class PowerSgdExchange implements GradientExchange {
  private static final int LEAST_COMPRESSION = 2;

  private final List<Parameter> compressed;
  private final List<Parameter> raw;
  private final int rank;
  private final float[][] errors;
  private final float[][] bases;

  PowerSgdExchange(ParameterLayout layout, int workers, int rank) {
    if (rank < 1) {
      throw new IllegalArgumentException("a rank of " + rank);
    }
    this.rank = rank;
    compressed = layout.parameters().stream().filter(parameter -> isCompressed(parameter, rank)).toList();
    raw = layout.parameters().stream().filter(parameter -> !isCompressed(parameter, rank)).toList();
    errors = new float[workers][layout.values()];
    bases = new float[compressed.size()][];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < bases.length; i++) {
      bases[i] = new float[compressed.get(i).columns() * rank];
      for (int k = 0; k < bases[i].length; k++) {
        bases[i][k] = (float) random.nextGaussian();
      }
    }
  }

  private static boolean isCompressed(Parameter parameter, int rank) {
    return parameter.isMatrix()
        && (long) LEAST_COMPRESSION * rank * (parameter.rows() + parameter.columns()) <= parameter.values();
  }

  @Override
  public void average(float[][] gradients, float[] average, TrafficCounter counter) {
    for (int i = 0; i < bases.length; i++) {
      Parameter matrix = compressed.get(i);
      average(gradients, matrix, bases[i], average);
      double bits = (double) Float.SIZE * rank * (matrix.rows() + matrix.columns());
      counter.up(bits);
      counter.down(bits);
    }
    for (Parameter parameter : raw) {
      CompressedExchange.averageRaw(gradients, average, parameter, counter);
    }
  }

  private void average(float[][] gradients, Parameter matrix, float[] basis, float[] average) {
    int n = matrix.rows();
    int m = matrix.columns();
    int at = matrix.offset();
    for (int worker = 0; worker < gradients.length; worker++) {
      for (int i = at; i < at + n * m; i++) {
        errors[worker][i] += gradients[worker][i];
      }
    }
    orthonormalize(basis, m);
    float[] p = new float[n * rank];
    for (float[] sum : errors) {
      for (int row = 0; row < n; row++) {
        for (int column = 0; column < m; column++) {
          float value = sum[at + row * m + column] / errors.length;
          for (int k = 0; k < rank; k++) {
            p[row * rank + k] += value * basis[column * rank + k];
          }
        }
      }
    }
    orthonormalize(p, n);
    Arrays.fill(basis, 0);
    for (float[] sum : errors) {
      for (int row = 0; row < n; row++) {
        for (int column = 0; column < m; column++) {
          float value = sum[at + row * m + column] / errors.length;
          for (int k = 0; k < rank; k++) {
            basis[column * rank + k] += value * p[row * rank + k];
          }
        }
      }
    }
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < m; column++) {
        float value = 0;
        for (int k = 0; k < rank; k++) {
          value += p[row * rank + k] * basis[column * rank + k];
        }
        average[at + row * m + column] = value;
        for (float[] error : errors) {
          error[at + row * m + column] -= value;
        }
      }
    }
  }

  /** Gram-Schmidt, column after column; a column that the others span becomes 0. */
  private void orthonormalize(float[] matrix, int rows) {
    for (int k = 0; k < rank; k++) {
      double before = norm(matrix, rows, k);
      // Twice, so that rounding does not bring back what was taken away.
      for (int j = 0; j < 2 * k; j++) {
        int other = j % k;
        double product = 0;
        for (int i = 0; i < rows; i++) {
          product += (double) matrix[i * rank + k] * matrix[i * rank + other];
        }
        for (int i = 0; i < rows; i++) {
          matrix[i * rank + k] -= (float) (product * matrix[i * rank + other]);
        }
      }
      double norm = norm(matrix, rows, k);
      double factor = norm > 1e-6 * before ? 1 / norm : 0;
      for (int i = 0; i < rows; i++) {
        matrix[i * rank + k] *= (float) factor;
      }
    }
  }

  private double norm(float[] matrix, int rows, int k) {
    double squares = 0;
    for (int i = 0; i < rows; i++) {
      squares += (double) matrix[i * rank + k] * matrix[i * rank + k];
    }
    return Math.sqrt(squares);
  }

  @Override
  public void write(PayloadWriter out) {
    for (float[] error : errors) {
      CodecState.write(error, out);
    }
    for (float[] basis : bases) {
      CodecState.write(basis, out);
    }
  }

  @Override
  public void read(PayloadReader in) {
    for (float[] error : errors) {
      CodecState.read(error, in);
    }
    for (float[] basis : bases) {
      CodecState.read(basis, in);
    }
  }
}
