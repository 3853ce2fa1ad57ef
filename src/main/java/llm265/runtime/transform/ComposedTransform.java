package llm265.runtime.transform;

/** Two transforms, one after the other. */
record ComposedTransform(ChannelTransform first, ChannelTransform second) implements ChannelTransform {
  @Override
  public int channels() {
    return first.channels();
  }

  @Override
  public void forward(float[] rows, int at, int tokens, long firstPosition) {
    first.forward(rows, at, tokens, firstPosition);
    second.forward(rows, at, tokens, firstPosition);
  }

  @Override
  public void inverse(float[] rows, int at, int tokens, long firstPosition) {
    second.inverse(rows, at, tokens, firstPosition);
    first.inverse(rows, at, tokens, firstPosition);
  }
}
