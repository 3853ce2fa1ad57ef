package llm265.runtime.transform;

/**
 * Axes on which coefficients are uncorrelated, learnt from moments of channels (the Karhunen-Loeve transform, as in KVTC, arXiv
 * 2511.01815), where an error e of the channels counts e^T W e. With B = W^(1/2) and the eigenvectors U of B C B, C the
 * covariance, coefficients are U B x: their errors count alike, and they are uncorrelated.
 *
 * @param forward {@code channels x channels}, row-major: a row gives a coefficient
 * @param inverse likewise: a row gives a channel
 * @param means expected value of each coefficient
 * @param deviations expected standard deviation of each
 */
record PrincipalAxes(float[] forward, float[] inverse, float[] means, float[] deviations) {
  /** No direction's weight is below this share of the greatest, so that errors that count nothing stay bounded. */
  private static final double LEAST_WEIGHT = 1e-4;

  private static final double SHRINKAGE = 0.5;

  /** What is known of coefficients on these axes. */
  CoefficientModel model() {
    return new CoefficientModel(new MatrixTransform(means.length, forward, inverse), means, deviations);
  }

  /**
   * Learns axes.
   *
   * @param weights {@code channels x channels}, symmetric, positive semidefinite; null for equal ones
   * @param power of the weights, 0 to 1: W is weights^power, made so that its trace is the number of channels
   * @param scale what coefficients are multiplied by
   */
  static PrincipalAxes of(ChannelMoments moments, double[] weights, double power, double scale) {
    return of(moments.means(), moments.covariance(), weights == null || power == 0 ? null : weights, power, scale);
  }

  /**
   * Learns orthonormal axes from few tokens, of which many products of different channels are chance. These are made smaller by
   * half of {@code n / (n + tokens)}, n the number of channels.
   *
   * @param noise variance that each coefficient has besides, which decoded tokens lack
   */
  static PrincipalAxes ofFew(ChannelMoments moments, double noise) {
    int n = moments.channels();
    double[] covariance = shrunk(moments);
    for (int i = 0; i < n; i++) {
      covariance[i * n + i] += noise;
    }
    return of(moments.means(), covariance, null, 0, 1);
  }

  /** The covariance of channels, products of different ones made smaller as {@link #ofFew} says. */
  static double[] shrunk(ChannelMoments moments) {
    int n = moments.channels();
    double[] covariance = moments.covariance();
    double kept = kept(moments);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        covariance[i * n + j] = i == j ? covariance[i * n + j] : kept * covariance[i * n + j];
      }
    }
    return covariance;
  }

  /** What products of different channels are multiplied by. */
  static double kept(ChannelMoments moments) {
    return 1 - SHRINKAGE * moments.channels() / (moments.channels() + moments.tokens());
  }

  static PrincipalAxes of(
      double[] channelMeans, double[] covariance, double[] weights, double power, double scale) {
    int n = channelMeans.length;
    double[] forward;
    double[] inverse;
    double[] energies;
    double gain = scale;
    if (weights == null) {
      SymmetricMatrix.Eigen axes = SymmetricMatrix.eigen(covariance, n);
      forward = axes.vectors();
      inverse = transposed(forward, n);
      energies = axes.values();
    } else {
      SymmetricMatrix.Eigen eigen = SymmetricMatrix.eigen(weights, n);
      double[] root = eigen.power(power / 2, LEAST_WEIGHT);
      double[] weighted = SymmetricMatrix.product(root, SymmetricMatrix.product(covariance, root, n), n);
      SymmetricMatrix.Eigen axes = SymmetricMatrix.eigen(symmetric(weighted, n), n);
      forward = SymmetricMatrix.product(axes.vectors(), root, n);
      inverse = SymmetricMatrix.product(eigen.power(-power / 2, LEAST_WEIGHT), transposed(axes.vectors(), n), n);
      energies = axes.values();
      double trace = 0;
      for (double element : root) {
        trace += element * element;
      }
      gain *= Math.sqrt(n / trace);
    }
    float[] deviations = new float[n];
    float[] means = new float[n];
    for (int i = 0; i < n; i++) {
      deviations[i] = (float) (gain * Math.sqrt(Math.max(0, energies[i])));
      double mean = 0;
      for (int j = 0; j < n; j++) {
        mean += forward[i * n + j] * channelMeans[j];
      }
      means[i] = (float) (gain * mean);
    }
    return new PrincipalAxes(floats(forward, gain), floats(inverse, 1 / gain), means, deviations);
  }

  private static double[] transposed(double[] matrix, int n) {
    double[] result = new double[n * n];
    for (int i = 0; i < n * n; i++) {
      result[i] = matrix[i % n * n + i / n];
    }
    return result;
  }

  /** Rounding made it a little less so. */
  private static double[] symmetric(double[] matrix, int n) {
    double[] result = transposed(matrix, n);
    for (int i = 0; i < n * n; i++) {
      result[i] = (result[i] + matrix[i]) / 2;
    }
    return result;
  }

  private static float[] floats(double[] values, double factor) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) (factor * values[i]);
    }
    return floats;
  }
}
