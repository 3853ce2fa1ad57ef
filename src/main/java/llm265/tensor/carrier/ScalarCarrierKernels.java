package llm265.tensor.carrier;

import llm265.trinity.Trellis;

/** The reference of {@link CarrierKernels}: value after value, as SPEC.md tells it. */
public final class ScalarCarrierKernels implements CarrierKernels {
  @Override
  public void join(
      int[] ordered, byte[] lowBits, short[] low, int at, Trellis trellis, int[] states, float[] steps, int stepsAt, int stride) {
    int first = 0;
    for (int i = 0; i < 256; i++) {
      int state = states[i % LANES];
      int quantizer = state & 1;
      int level = ordered[quantizer == 1 ? first : 255 - (i - first)];
      first += quantizer;
      int bits = lowBits[at + i];
      int magnitude;
      if (bits == 0) {
        magnitude = Math.abs(level);
        int distance = Math.max(2 * magnitude - quantizer, 0);
        steps[stepsAt + (i >> 4) * stride + i % LANES] = level < 0 ? -distance : distance;
      } else {
        int index = (level << bits) + low[at + i] - (1 << (bits - 1));
        steps[stepsAt + (i >> 4) * stride + i % LANES] = 2 * index + quantizer;
        magnitude = quantizer == 1 && index >= 0 ? index + 1 : Math.abs(index);
      }
      states[i % LANES] = trellis.next(state, magnitude);
    }
  }

  @Override
  public void split(
      int[] codes, int from, int[] ordered, byte[] lowBits, short[] low, int at, float[] steps, int stepsAt, int stride) {
    int first = 0;
    for (int i = 0; i < 256; i++) {
      int code = codes[from + i];
      int quantizer = code & 1;
      int magnitude = code >>> 2;
      int sign = -((code >> 1) & 1);
      int level = (magnitude ^ sign) - sign;
      int distance = Math.max(2 * magnitude - quantizer, 0);
      steps[stepsAt + (i >> 4) * stride + i % LANES] = (distance ^ sign) - sign;
      int bits = lowBits[at + i];
      if (bits > 0) {
        int shifted = level - (quantizer & ~sign) + (1 << (bits - 1));
        low[at + i] = (short) (shifted & ((1 << bits) - 1));
        level = shifted >> bits;
      }
      ordered[quantizer == 1 ? first : 255 - (i - first)] = level;
      first += quantizer;
    }
  }
}
