package llm265.lm.layer;

/** A layer of a transformer: attention and a feed-forward layer, wired to the state as the architecture has it. */
public final class TransformerBlock {
  /** What the parts get and where their results go. */
  public enum Wiring {
    /** {@code x += attention(norm(x)); x += feedForward(norm(x))}; a norm after a part may be put in. */
    SEQUENTIAL,
    /** {@code x += attention(norm(x)) + feedForward(norm(x))}, of GPT-NeoX. */
    PARALLEL,
    /** {@code x = norm(x + attention(x)); x = norm(x + feedForward(x))}, of BERT. */
    NORM_AFTER_SUM
  }

  /**
   * The norms of a block; null where there is none.
   *
   * @param afterAttention of the sum if the wiring says so, else of the attention's result
   * @param afterFeedForward likewise
   */
  public record Norms(Norm beforeAttention, Norm afterAttention, Norm beforeFeedForward, Norm afterFeedForward) {}

  private final Wiring wiring;
  private final Norms norms;
  private final Attention attention;
  private final FeedForward feedForward;

  public TransformerBlock(Wiring wiring, Norms norms, Attention attention, FeedForward feedForward) {
    this.wiring = wiring;
    this.norms = norms;
    this.attention = attention;
    this.feedForward = feedForward;
  }

  /** Replaces the state, {@code rows x columns}, by that after the block. */
  public void apply(Pass pass, float[] state) {
    switch (wiring) {
      case SEQUENTIAL -> {
        float[] attended = attention.apply(pass, normalized(norms.beforeAttention, state, pass), true);
        add(after(norms.afterAttention, attended, pass), state);
        float[] fed = feedForward.apply(pass, normalized(norms.beforeFeedForward, state, pass), true);
        add(after(norms.afterFeedForward, fed, pass), state);
      }
      case PARALLEL -> {
        float[] attended = attention.apply(pass, normalized(norms.beforeAttention, state, pass), true);
        float[] fed = feedForward.apply(pass, normalized(norms.beforeFeedForward, state, pass), true);
        add(attended, fed);
        add(fed, state);
      }
      case NORM_AFTER_SUM -> {
        add(attention.apply(pass, state, false), state);
        norms.afterAttention.apply(state, pass.rows(), state, pass.workers());
        add(feedForward.apply(pass, state, false), state);
        norms.afterFeedForward.apply(state, pass.rows(), state, pass.workers());
      }
    }
  }

  private static float[] normalized(Norm norm, float[] state, Pass pass) {
    float[] result = new float[state.length];
    norm.apply(state, pass.rows(), result, pass.workers());
    return result;
  }

  private static float[] after(Norm norm, float[] result, Pass pass) {
    if (norm != null) {
      norm.apply(result, pass.rows(), result, pass.workers());
    }
    return result;
  }

  private static void add(float[] x, float[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += x[i];
    }
  }
}
