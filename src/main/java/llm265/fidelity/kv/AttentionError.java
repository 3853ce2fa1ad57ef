package llm265.fidelity.kv;

import llm265.baseline.kv.KvShape;
import llm265.lm.layer.AttentionShape;
import llm265.numeric.Logarithms;

/**
 * What coded keys and values do to attention: errors of scores and of results, and of keys and values themselves, by layer.
 * Scores are what softmax gets, after scale, without cap.
 */
public final class AttentionError {
  private static final int KEYS = 0;
  private static final int VALUES = 1;
  private static final int RESULTS = 2;

  private final double[][] signal;
  private final double[][] noise;
  private final double[] scoreSquares;
  private final long[] scores;

  AttentionError(KvShape shape) {
    signal = new double[RESULTS + 1][shape.layers()];
    noise = new double[RESULTS + 1][shape.layers()];
    scoreSquares = new double[shape.layers()];
    scores = new long[shape.layers()];
  }

  void addRows(int layer, boolean values, float[] raw, float[] coded) {
    add(values ? VALUES : KEYS, layer, raw, coded);
  }

  private void add(int what, int layer, float[] raw, float[] coded) {
    for (int i = 0; i < raw.length; i++) {
      double error = (double) coded[i] - raw[i];
      signal[what][layer] += (double) raw[i] * raw[i];
      noise[what][layer] += error * error;
    }
  }

  /**
   * Takes a query.
   *
   * @param position of the last token that the query sees, which is its own in causal models
   * @param raw keys and values of its head, as they were
   * @param coded the same as they are read
   */
  void add(
      int layer, AttentionShape shape, float[] queries, int at, int position, float[][] raw, float[][] coded) {
    int first = shape.window() == 0 ? 0 : Math.max(0, position + 1 - shape.window());
    double[] rawScores = scores(shape, queries, at, raw[0], first, position);
    double[] codedScores = scores(shape, queries, at, coded[0], first, position);
    for (int i = 0; i < rawScores.length; i++) {
      double error = codedScores[i] - rawScores[i];
      scoreSquares[layer] += error * error;
    }
    scores[layer] += rawScores.length;
    add(RESULTS, layer, result(shape, rawScores, raw[1], first), result(shape, codedScores, coded[1], first));
  }

  private static double[] scores(AttentionShape shape, float[] queries, int at, float[] keys, int first, int last) {
    int size = shape.headSize();
    double[] scores = new double[last + 1 - first];
    for (int token = first; token <= last; token++) {
      float sum = 0;
      for (int i = 0; i < size; i++) {
        sum += queries[at + i] * keys[token * size + i];
      }
      scores[token - first] = shape.scale() * sum;
    }
    return scores;
  }

  private static float[] result(AttentionShape shape, double[] scores, float[] values, int first) {
    int size = shape.headSize();
    double[] weights = new double[scores.length];
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < scores.length; i++) {
      weights[i] = shape.cap() > 0 ? shape.cap() * StrictMath.tanh(scores[i] / shape.cap()) : scores[i];
      greatest = Math.max(greatest, weights[i]);
    }
    double sum = 0;
    double[] result = new double[size];
    for (int i = 0; i < scores.length; i++) {
      double weight = StrictMath.exp(weights[i] - greatest);
      sum += weight;
      for (int k = 0; k < size; k++) {
        result[k] += weight * values[(first + i) * size + k];
      }
    }
    float[] floats = new float[size];
    for (int k = 0; k < size; k++) {
      floats[k] = (float) (result[k] / sum);
    }
    return floats;
  }

  /** Signal-to-noise ratio of keys, over all layers, in decibels. */
  public double keySnr() {
    return snr(KEYS);
  }

  /** The same of values. */
  public double valueSnr() {
    return snr(VALUES);
  }

  /** The same of what attention gives, before its output layer. */
  public double resultSnr() {
    return snr(RESULTS);
  }

  /** The least of all layers' {@link #resultSnr}. */
  public double worstResultSnr() {
    double worst = Double.POSITIVE_INFINITY;
    for (int layer = 0; layer < scores.length; layer++) {
      worst = Math.min(worst, decibels(signal[RESULTS][layer], noise[RESULTS][layer]));
    }
    return worst;
  }

  /** Root of the mean squared error of scores. */
  public double scoreError() {
    double squares = 0;
    long count = 0;
    for (int layer = 0; layer < scores.length; layer++) {
      squares += scoreSquares[layer];
      count += scores[layer];
    }
    return Math.sqrt(squares / count);
  }

  private double snr(int what) {
    double signals = 0;
    double noises = 0;
    for (int layer = 0; layer < scores.length; layer++) {
      signals += signal[what][layer];
      noises += noise[what][layer];
    }
    return decibels(signals, noises);
  }

  private static double decibels(double signal, double noise) {
    return Logarithms.DECIBELS_PER_BIT / 2 * Logarithms.log2(signal / noise);
  }
}
