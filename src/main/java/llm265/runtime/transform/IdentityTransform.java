package llm265.runtime.transform;

/**
 * Channels are coefficients.
 *
 * @param channels their number
 */
public record IdentityTransform(int channels) implements ChannelTransform {
  public IdentityTransform {
    if (channels < 1) {
      throw new IllegalArgumentException(channels + " channels");
    }
  }

  @Override
  public void forward(float[] rows, int at, int tokens, long firstPosition) {
    // They are already.
  }

  @Override
  public void inverse(float[] rows, int at, int tokens, long firstPosition) {
    // They are still.
  }
}
