package llm265.runtime.transform;

import java.util.function.UnaryOperator;

/**
 * Principal axes that coder and reader learn alike from tokens that both have: no bits are sent for them, and no calibration is
 * needed. Until there are enough tokens, channels are coded as they are. Axes are learnt anew whenever the number of tokens has
 * doubled, so that all later tokens up to the next time depend on those before only through one model.
 *
 * <p>Tokens are those that a reader gets, so that both learn the same to the last bit. Used by one thread at a time.
 */
public final class AdaptiveAxes {
  /** Fewer tokens say too little. */
  public static final int FIRST = 64;

  private final ChannelMoments moments;
  private final UnaryOperator<ChannelTransform> before;
  private final ChannelTransform beforeAxes;

  /** @param before puts a transform before the axes */
  public AdaptiveAxes(int channels, UnaryOperator<ChannelTransform> before) {
    this.before = before;
    moments = new ChannelMoments(channels);
    beforeAxes = before.apply(new IdentityTransform(channels));
  }

  /** @param rows {@code tokens x channels} decoded floats from {@code at} on, not changed; 0 in place of those not finite */
  public void add(float[] rows, int at, int tokens, long firstPosition) {
    float[] own = new float[tokens * moments.channels()];
    System.arraycopy(rows, at, own, 0, own.length);
    beforeAxes.forward(own, 0, tokens, firstPosition);
    for (int i = 0; i < own.length; i++) {
      own[i] = Float.isFinite(own[i]) ? own[i] : 0;
    }
    moments.add(own, 0, tokens);
  }

  /**
   * Learns axes from all tokens so far.
   *
   * @param noise variance of the decoded tokens' errors that is to be expected in each channel
   */
  public CoefficientModel learn(double noise) {
    CoefficientModel axes = PrincipalAxes.ofFew(moments, noise).model();
    return new CoefficientModel(before.apply(axes.transform()), axes.means(), axes.deviations());
  }
}
