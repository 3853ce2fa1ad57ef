package llm265.fuzz;

import java.util.List;
import llm265.h264.StreamException;
import llm265.runtime.ActivationCodec;

/** Messages of activations. */
final class ActivationTarget implements FuzzTarget {
  private static final int TOKENS = 12;
  private static final int COLUMNS = 32;
  private static final ActivationCodec.Settings SETTINGS = ActivationCodec.Settings.alone(4);

  private final float[] room = new float[TOKENS * COLUMNS];

  @Override
  public String name() {
    return "activation";
  }

  @Override
  public List<byte[]> seeds() {
    float[] values = Seeds.values(TOKENS * COLUMNS);
    return List.of(
        new ActivationCodec(SETTINGS, TOKENS, COLUMNS).encode(values),
        new ActivationCodec(ActivationCodec.Settings.backward(4), TOKENS, COLUMNS).encode(values));
  }

  @Override
  public void run(byte[] input) {
    try {
      new ActivationCodec(SETTINGS, TOKENS, COLUMNS).decode(input, room);
    } catch (StreamException e) {
      Refusals.checkLine(e);
    }
  }
}
