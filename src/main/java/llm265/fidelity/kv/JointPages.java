package llm265.fidelity.kv;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import llm265.baseline.kv.TokenCoder;
import llm265.runtime.transform.AdaptiveAxes;
import llm265.runtime.transform.ChannelMoments;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.IdentityTransform;
import llm265.runtime.transform.JointTransform;
import llm265.runtime.transform.KvGeometry;

/** Pages of keys and values together, as {@link AdaptivePages} codes them; the first page also tells how their sizes differ. */
final class JointPages implements TokenCoder {
  private static final int SCALE_BITS = 32;

  private final PageCoder coder;
  private final KvGeometry geometry;
  private final double relativeStep;
  private AdaptivePages pages;

  JointPages(PageCoder coder, KvGeometry geometry, double relativeStep) {
    this.coder = coder;
    this.geometry = geometry;
    this.relativeStep = relativeStep;
  }

  @Override
  public long code(float[] rows, int at, int tokens, int position) {
    if (pages == null) {
      UnaryOperator<ChannelTransform> scaled = scaled(rows, at, tokens, position);
      pages = new AdaptivePages(coder, new AdaptiveAxes(2 * geometry.channels(), scaled), relativeStep, true);
    }
    return pages.code(rows, at, tokens, position);
  }

  /** What makes the root mean square deviations of keys and of values the same. */
  private UnaryOperator<ChannelTransform> scaled(float[] rows, int at, int tokens, int position) {
    int width = geometry.channels();
    float[] unrotated = Arrays.copyOfRange(rows, at, at + 2 * tokens * width);
    new JointTransform(geometry, 1, 1, new IdentityTransform(2 * width)).forward(unrotated, 0, tokens, position);
    ChannelMoments keys = new ChannelMoments(width);
    ChannelMoments values = new ChannelMoments(width);
    for (int token = 0; token < tokens; token++) {
      keys.add(unrotated, 2 * token * width, 1);
      values.add(unrotated, (2 * token + 1) * width, 1);
    }
    float keyScale = scale(keys.variance());
    float valueScale = scale(values.variance());
    return next -> new JointTransform(geometry, keyScale, valueScale, next);
  }

  private static float scale(double variance) {
    return variance > 0 ? (float) (1 / Math.sqrt(variance)) : 1;
  }

  @Override
  public long sideBits() {
    return pages == null ? 0 : SCALE_BITS + pages.sideBits();
  }
}
