package llm265.runtime.transform;

import java.util.Arrays;

/**
 * Sums of channels and of their products over tokens, in binary64 and in the order of the tokens. Used by one thread at a time.
 */
public final class ChannelMoments {
  private final int channels;
  private final double[] sums;
  private final double[] products;
  private double tokens;

  public ChannelMoments(int channels) {
    this.channels = channels;
    sums = new double[channels];
    products = new double[Math.multiplyExact(channels, channels)];
  }

  public int channels() {
    return channels;
  }

  /** Number of tokens so far; less where they were made to count less. */
  public double tokens() {
    return tokens;
  }

  /** Counts the tokens of others, too. */
  public void add(ChannelMoments others) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += others.sums[i];
    }
    for (int i = 0; i < products.length; i++) {
      products[i] += others.products[i];
    }
    tokens += others.tokens;
  }

  /** Forgets all tokens. */
  public void clear() {
    Arrays.fill(sums, 0);
    Arrays.fill(products, 0);
    tokens = 0;
  }

  /** All that is known, as {@link #restore} takes it. */
  public double[] state() {
    double[] state = Arrays.copyOf(sums, stateLength());
    System.arraycopy(products, 0, state, channels, products.length);
    state[state.length - 1] = tokens;
    return state;
  }

  /** Numbers of a state. */
  public int stateLength() {
    return channels + products.length + 1;
  }

  /** Goes on from a state of as many channels. */
  public void restore(double[] state) {
    System.arraycopy(state, 0, sums, 0, channels);
    System.arraycopy(state, channels, products, 0, products.length);
    tokens = state[state.length - 1];
  }

  /** Makes all tokens so far count half. */
  public void halve() {
    for (int i = 0; i < channels; i++) {
      sums[i] /= 2;
    }
    for (int i = 0; i < products.length; i++) {
      products[i] /= 2;
    }
    tokens /= 2;
  }

  /** @param rows {@code count x channels} finite floats from {@code at} on */
  public void add(float[] rows, int at, int count) {
    for (int row = at; row < at + count * channels; row += channels) {
      for (int i = 0; i < channels; i++) {
        double value = rows[row + i];
        sums[i] += value;
        for (int j = 0; j <= i; j++) {
          products[i * channels + j] += value * rows[row + j];
        }
      }
    }
    tokens += count;
  }

  /**
   * Counts so many tokens that nobody has seen, of channels that are uncorrelated.
   *
   * @param count number of tokens
   * @param means of each channel
   * @param deviations of each channel
   */
  public void addExpected(int count, float[] means, float[] deviations) {
    for (int i = 0; i < channels; i++) {
      sums[i] += (double) count * means[i];
      for (int j = 0; j <= i; j++) {
        products[i * channels + j] += (double) count * means[i] * means[j];
      }
      products[i * channels + i] += (double) count * deviations[i] * deviations[i];
    }
    tokens += count;
  }

  /** The mean of each channel. */
  public double[] means() {
    requireTokens();
    double[] means = sums.clone();
    for (int i = 0; i < channels; i++) {
      means[i] /= tokens;
    }
    return means;
  }

  /** The mean of products of channels, {@code channels x channels}, symmetric. */
  public double[] second() {
    requireTokens();
    double[] second = new double[channels * channels];
    for (int i = 0; i < channels; i++) {
      for (int j = 0; j <= i; j++) {
        second[i * channels + j] = products[i * channels + j] / tokens;
        second[j * channels + i] = second[i * channels + j];
      }
    }
    return second;
  }

  /** The covariance of channels, {@code channels x channels}, symmetric. */
  public double[] covariance() {
    double[] means = means();
    double[] covariance = second();
    for (int i = 0; i < channels; i++) {
      for (int j = 0; j < channels; j++) {
        covariance[i * channels + j] -= means[i] * means[j];
      }
    }
    return covariance;
  }

  /** The mean variance of all channels. */
  public double variance() {
    double[] means = means();
    double sum = 0;
    for (int i = 0; i < channels; i++) {
      sum += Math.max(0, products[i * channels + i] / tokens - means[i] * means[i]);
    }
    return sum / channels;
  }

  private void requireTokens() {
    if (tokens == 0) {
      throw new IllegalStateException("moments of no tokens");
    }
  }
}
