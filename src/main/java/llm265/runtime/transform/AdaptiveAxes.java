package llm265.runtime.transform;

/**
 * Principal axes that coder and reader learn alike from tokens that both have: no bits are sent for them, and no calibration is
 * needed. Tokens are those that a reader gets, so that both learn the same to the last bit. A profile says where learning begins.
 * Used by one thread at a time.
 */
public final class AdaptiveAxes {
  /** Fewer tokens say too little. */
  public static final int FIRST = 64;

  /** Tokens that what a profile expects counts as: 32 are as good, 128 and 512 less. */
  static final int PROFILE_TOKENS = 64;

  private final ChannelMoments moments;
  private final ChannelTransform before;

  /**
   * @param before what is done to channels before the axes; null for nothing
   * @param expected means and deviations of what becomes of them, by a profile; null for none
   */
  public AdaptiveAxes(int channels, ChannelTransform before, CoefficientModel expected) {
    this(new ChannelMoments(channels), before);
    if (expected != null) {
      moments.addExpected(PROFILE_TOKENS, expected.means(), expected.deviations());
    }
  }

  private AdaptiveAxes(ChannelMoments moments, ChannelTransform before) {
    this.before = before;
    this.moments = moments;
  }

  /**
   * Axes that are learned from moments of channels.
   *
   * @param moments of decoded tokens; whoever has them adds to them
   */
  public static AdaptiveAxes of(ChannelMoments moments) {
    return new AdaptiveAxes(moments, null);
  }

  /** @param rows {@code tokens x channels} decoded finite floats behind the transform before the axes */
  public void add(float[] rows, int tokens) {
    moments.add(rows, 0, tokens);
  }

  /**
   * Learns axes from all tokens so far.
   *
   * @param noise variance of the decoded tokens' errors that is to be expected in each channel
   */
  public CoefficientModel learn(double noise) {
    return behind(before, PrincipalAxes.ofFew(moments, noise).model());
  }

  /** What is known of channels as they are: all that few tokens say. */
  public CoefficientModel learnScales(double noise) {
    double[] mean = moments.means();
    double[] covariance = moments.covariance();
    int n = mean.length;
    float[] means = new float[n];
    float[] deviations = new float[n];
    for (int i = 0; i < n; i++) {
      means[i] = (float) mean[i];
      deviations[i] = (float) Math.sqrt(Math.max(0, covariance[i * n + i]) + noise);
    }
    return behind(before, new CoefficientModel(new IdentityTransform(n), means, deviations));
  }

  /** What is known of coefficients whose axes are behind another transform; null for none. */
  static CoefficientModel behind(ChannelTransform before, CoefficientModel axes) {
    return before == null ? axes
        : new CoefficientModel(new ComposedTransform(before, axes.transform()), axes.means(), axes.deviations());
  }
}
