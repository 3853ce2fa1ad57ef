package llm265.runtime.exchange;

import llm265.runtime.ActivationCodec;

/** Sends tensors of the first one's shape by the codec. */
final class CodecLink implements TensorLink {
  private final ActivationCodec.Settings settings;
  private ActivationCodec codec;
  private int tokens;
  private int width;

  CodecLink(ActivationCodec.Settings settings) {
    this.settings = settings;
  }

  @Override
  public long send(float[] values, int rows, int columns) {
    if (codec == null) {
      codec = new ActivationCodec(settings, rows, columns);
      tokens = rows;
      width = columns;
    } else if (rows != tokens || columns != width) {
      throw new IllegalArgumentException(
          rows + " x " + columns + " on a link of tensors of " + tokens + " x " + width);
    }
    float[] decoded = new float[values.length];
    byte[] message = codec.encode(values, decoded);
    System.arraycopy(decoded, 0, values, 0, decoded.length);
    return 8L * message.length;
  }
}
