package llm265.fidelity.kv;

import java.util.Arrays;
import llm265.baseline.kv.TokenCoder;
import llm265.runtime.transform.AdaptiveAxes;
import llm265.runtime.transform.ChannelMoments;
import llm265.runtime.transform.CoefficientModel;

/**
 * Pages without a profile: the first tells the step, and mean and deviation of each channel, which count as side bits; later ones
 * are on {@link AdaptiveAxes}, which cost nothing.
 */
final class AdaptivePages implements TokenCoder {
  private static final int STEP_BITS = 32;
  private static final int DEVIATION_BITS = 6;

  /** Share of a squared step by which decoded tokens differ: a little less than measured .28, as laws forgive more than less. */
  private static final double NOISE = 0.1;

  private final PageCoder coder;
  private final double relativeStep;
  private final boolean adaptive;
  private final int channels;
  private final AdaptiveAxes axes;
  private CoefficientModel model;
  private float step;
  private long sideBits;

  /** @param relativeStep in root mean square deviations of the first page */
  AdaptivePages(PageCoder coder, AdaptiveAxes axes, double relativeStep, boolean adaptive) {
    this.coder = coder;
    this.relativeStep = relativeStep;
    this.adaptive = adaptive;
    this.axes = axes;
    channels = axes.beforeAxes().channels();
  }

  @Override
  public long code(float[] rows, int at, int tokens, int position) {
    if (model == null) {
      model = first(rows, at, tokens, position);
    } else if (adaptive && axes.isDue()) {
      model = axes.learn(NOISE * step * step);
    }
    int bytes = coder.code(model, step, rows, at, tokens, position);
    if (adaptive) {
      axes.add(rows, at, tokens, position);
    }
    return Byte.SIZE * (long) bytes;
  }

  /** Channels as they are, in whole steps and classes of deviations. */
  private CoefficientModel first(float[] rows, int at, int tokens, int position) {
    float[] own = Arrays.copyOfRange(rows, at, at + tokens * channels);
    axes.beforeAxes().forward(own, 0, tokens, position);
    ChannelMoments moments = new ChannelMoments(channels);
    moments.add(own, 0, tokens);
    double variance = moments.variance();
    step = (float) (relativeStep * (variance > 0 ? Math.sqrt(variance) : 1));
    double[] means = moments.means();
    double[] second = moments.second();
    float[] stored = new float[channels];
    float[] deviations = new float[channels];
    sideBits = STEP_BITS + (long) channels * DEVIATION_BITS;
    for (int i = 0; i < channels; i++) {
      double deviation = Math.sqrt(Math.max(0, second[i * channels + i] - means[i] * means[i]));
      deviations[i] = (float) (step * CoefficientLaws.deviation(CoefficientLaws.classOf(deviation / step)));
      long mean = Math.round(means[i] / step);
      stored[i] = mean * step;
      // Elias's gamma code of the magnitude plus one, and a sign.
      sideBits += 2 * (63 - Long.numberOfLeadingZeros(Math.abs(mean) + 1)) + (mean == 0 ? 1 : 2);
    }
    return new CoefficientModel(axes.beforeAxes(), stored, deviations);
  }

  @Override
  public long sideBits() {
    return sideBits;
  }
}
