package llm265.fuzz;

import java.util.List;
import llm265.h264.StreamException;
import llm265.runtime.GradientCodec;

/** Messages of gradients. */
final class GradientTarget implements FuzzTarget {
  private static final int[] SIZES = {300, 64};
  private static final GradientCodec.Settings SETTINGS = GradientCodec.Settings.of(3).withoutFeedback();

  private final float[][] room = {new float[SIZES[0]], new float[SIZES[1]]};

  @Override
  public String name() {
    return "gradient";
  }

  @Override
  public List<byte[]> seeds() {
    byte[] flat = new GradientCodec(SETTINGS, SIZES).encode(Seeds.values(SIZES[0]), Seeds.values(SIZES[1]));
    byte[] shaped = GradientCodec.onAxes(GradientCodec.Settings.of(3), new int[] {20, 15}, new int[] {8, 8})
        .encode(Seeds.values(SIZES[0]), Seeds.values(SIZES[1]));
    return List.of(flat, shaped);
  }

  @Override
  public void run(byte[] input) {
    try {
      new GradientCodec(SETTINGS, SIZES).decode(input, room);
    } catch (StreamException e) {
      Refusals.checkLine(e);
    }
  }
}
