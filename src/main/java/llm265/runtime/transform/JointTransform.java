package llm265.runtime.transform;

/**
 * Keys and values of a token together, so that what they have in common is coded once: both are linear in one state. Keys lose
 * their rotary embedding, both halves get a scale, and another transform follows.
 *
 * @param geometry one group of all heads
 * @param keyScale what keys are multiplied by
 * @param valueScale what values are multiplied by
 * @param next of all channels: keys, then values
 */
public record JointTransform(KvGeometry geometry, float keyScale, float valueScale, ChannelTransform next)
    implements ChannelTransform {
  public JointTransform {
    if (geometry.groups() != 1 || next.channels() != 2 * geometry.channels() || !(keyScale > 0) || !(valueScale > 0)) {
      throw new IllegalArgumentException(
          next.channels() + " channels for keys and values of " + geometry.groups() + " groups of " + geometry.channels()
              + ", scales " + keyScale + " and " + valueScale);
    }
  }

  @Override
  public int channels() {
    return next.channels();
  }

  @Override
  public void forward(float[] rows, int at, int tokens, long firstPosition) {
    float[] keys = keys(rows, at, tokens);
    geometry.unrotated(new IdentityTransform(geometry.channels())).forward(keys, 0, tokens, firstPosition);
    put(keys, rows, at, tokens);
    scale(rows, at, tokens, keyScale, valueScale);
    next.forward(rows, at, tokens, firstPosition);
  }

  @Override
  public void inverse(float[] rows, int at, int tokens, long firstPosition) {
    next.inverse(rows, at, tokens, firstPosition);
    scale(rows, at, tokens, 1 / keyScale, 1 / valueScale);
    float[] keys = keys(rows, at, tokens);
    geometry.unrotated(new IdentityTransform(geometry.channels())).inverse(keys, 0, tokens, firstPosition);
    put(keys, rows, at, tokens);
  }

  private float[] keys(float[] rows, int at, int tokens) {
    int width = geometry.channels();
    float[] keys = new float[tokens * width];
    for (int token = 0; token < tokens; token++) {
      System.arraycopy(rows, at + 2 * token * width, keys, token * width, width);
    }
    return keys;
  }

  private void put(float[] keys, float[] rows, int at, int tokens) {
    int width = geometry.channels();
    for (int token = 0; token < tokens; token++) {
      System.arraycopy(keys, token * width, rows, at + 2 * token * width, width);
    }
  }

  private void scale(float[] rows, int at, int tokens, float forKeys, float forValues) {
    int width = geometry.channels();
    for (int i = 0; i < tokens * channels(); i++) {
      rows[at + i] *= i / width % 2 == 0 ? forKeys : forValues;
    }
  }
}
