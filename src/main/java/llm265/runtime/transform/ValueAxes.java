package llm265.runtime.transform;

import java.util.Arrays;

/**
 * Principal axes of what is left of values when the keys of their tokens are known: P = C_vk C_kk^-1 predicts them, and the rest
 * has the covariance C_vv - P C_kv. Both are learnt from decoded tokens, as {@link AdaptiveAxes} learns axes of keys. Used by one
 * thread at a time.
 */
public final class ValueAxes {
  /** A pivot below this share of its variance is rounding. */
  private static final double LEAST_PIVOT = 1e-10;

  /**
   * Part of what chance explains of products that are not made smaller. With none of it, values that have nothing to do with keys
   * lose .6 dB; with all of it, those that have gain 1 dB less.
   */
  private static final double CHANCE = 0.3;

  private final int keys;
  private final int values;
  private final ChannelTransform before;
  private final ChannelMoments moments;

  /**
   * Axes of a cell of values.
   *
   * @param keys channels of the cell of keys of the same heads
   * @param values channels of the cell
   * @param before what is done to values before the axes; null for nothing
   */
  public ValueAxes(int keys, int values, ChannelTransform before) {
    this.keys = keys;
    this.values = values;
    this.before = before;
    moments = new ChannelMoments(keys + values);
  }

  /** Begins with what a profile expects of keys and values behind its transforms. */
  public void expect(CoefficientModel ofKeys, CoefficientModel ofValues) {
    float[] means = Arrays.copyOf(ofKeys.means(), keys + values);
    float[] deviations = Arrays.copyOf(ofKeys.deviations(), keys + values);
    System.arraycopy(ofValues.means(), 0, means, keys, values);
    System.arraycopy(ofValues.deviations(), 0, deviations, keys, values);
    moments.addExpected(AdaptiveAxes.PROFILE_TOKENS, means, deviations);
  }

  /** What is known of values beside the keys of their tokens. */
  public record Learnt(CoefficientModel axes, KeyPrediction prediction) {}

  /**
   * Learns from tokens.
   *
   * @param keyRows {@code tokens x keys} decoded finite floats behind the transform of keys
   * @param valueRows {@code tokens x values} decoded finite floats behind that of values
   */
  public void add(float[] keyRows, float[] valueRows, int tokens) {
    int both = keys + values;
    float[] rows = new float[tokens * both];
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(keyRows, t * keys, rows, t * both, keys);
      System.arraycopy(valueRows, t * values, rows, t * both + keys, values);
    }
    moments.add(rows, 0, tokens);
  }

  /**
   * Prediction and axes from all tokens so far.
   *
   * @param keyNoise variance of the decoded keys' errors that is to be expected in each channel
   * @param valueNoise the same of values
   */
  public Learnt learn(double keyNoise, double valueNoise) {
    int both = keys + values;
    double[] all = PrincipalAxes.shrunk(moments);
    for (int i = 0; i < both; i++) {
      all[i * both + i] += i < keys ? keyNoise : valueNoise;
    }
    double[] alone = new double[values * values];
    for (int i = 0; i < values; i++) {
      for (int j = 0; j < values; j++) {
        alone[i * values + j] = all[(keys + i) * both + keys + j];
      }
    }
    double[] factor = eliminate(all);
    double trust = trust(all, alone);
    double[] rest = new double[values * values];
    for (int i = 0; i < values; i++) {
      for (int j = 0; j < values; j++) {
        double known = alone[i * values + j];
        double left = all[(keys + Math.max(i, j)) * both + keys + Math.min(i, j)];
        rest[i * values + j] = known - trust * (2 - trust) * (known - left);
      }
    }
    double[] means = moments.means();
    double[] left = new double[values];
    double[] matrix = new double[values * keys];
    for (int i = 0; i < values; i++) {
      double[] row = predictor(factor, all, i);
      left[i] = means[keys + i];
      for (int k = 0; k < keys; k++) {
        matrix[i * keys + k] = trust * row[k];
        left[i] -= trust * row[k] * means[k];
      }
    }
    PrincipalAxes axes = PrincipalAxes.of(left, rest, null, 0, 1);
    return new Learnt(
        AdaptiveAxes.behind(before, axes.model()), new KeyPrediction(values, keys, onAxes(axes.forward(), matrix)));
  }

  /** What keys say of coefficients: U P. */
  private float[] onAxes(float[] forward, double[] matrix) {
    float[] result = new float[values * keys];
    double[] row = new double[keys];
    for (int i = 0; i < values; i++) {
      Arrays.fill(row, 0);
      for (int j = 0; j < values; j++) {
        double factor = forward[i * values + j];
        for (int k = 0; k < keys; k++) {
          row[k] += factor * matrix[j * keys + k];
        }
      }
      for (int k = 0; k < keys; k++) {
        result[i * keys + k] = (float) row[k];
      }
    }
    return result;
  }

  /**
   * Cholesky's elimination of the keys: column k below the diagonal becomes that of the factor, and what remains of values the
   * covariance of their rest. Only the lower triangle counts.
   *
   * @return one over the diagonal of the factor; 0 where nothing is left of a key
   */
  private double[] eliminate(double[] all) {
    int both = keys + values;
    double[] variances = new double[keys];
    for (int k = 0; k < keys; k++) {
      variances[k] = all[k * both + k];
    }
    double[] inverse = new double[keys];
    for (int k = 0; k < keys; k++) {
      double pivot = all[k * both + k];
      inverse[k] = pivot > LEAST_PIVOT * variances[k] ? 1 / Math.sqrt(pivot) : 0;
      for (int i = k; i < both; i++) {
        all[i * both + k] *= inverse[k];
      }
      for (int i = k + 1; i < both; i++) {
        double factor = all[i * both + k];
        for (int j = k + 1; j <= i; j++) {
          all[i * both + j] -= factor * all[j * both + k];
        }
      }
    }
    return inverse;
  }

  /**
   * The share of a prediction that is not chance (James and Stein, 1961): by chance, keys would explain as much of the variance
   * of values as there are keys for each token.
   *
   * @param all behind the elimination of keys
   * @param alone covariance of values before it
   */
  private double trust(double[] all, double[] alone) {
    int both = keys + values;
    double explained = 0;
    int counted = 0;
    for (int i = 0; i < values; i++) {
      double variance = alone[i * values + i];
      if (variance > 0) {
        explained += 1 - all[(keys + i) * both + keys + i] / variance;
        counted++;
      }
    }
    double kept = PrincipalAxes.kept(moments);
    double chance = CHANCE * kept * kept * counted * keys / moments.tokens();
    return explained > chance ? 1 - chance / explained : 0;
  }

  /** A row of P: y L^-1, with y the row of the factor that a value has. */
  private double[] predictor(double[] inverse, double[] all, int value) {
    int both = keys + values;
    double[] row = new double[keys];
    for (int k = keys - 1; k >= 0; k--) {
      double sum = all[(keys + value) * both + k];
      for (int j = k + 1; j < keys; j++) {
        sum -= row[j] * all[j * both + k];
      }
      row[k] = sum * inverse[k];
    }
    return row;
  }
}
