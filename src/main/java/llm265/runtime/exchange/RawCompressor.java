package llm265.runtime.exchange;

import llm265.dtype.HalfFloats;

/** Sends values as bfloat16. */
final class RawCompressor implements Compressor {
  static final int BITS = 16;

  @Override
  public double send(float[] values) {
    round(values, 0, values.length);
    return (double) BITS * values.length;
  }

  static void round(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = HalfFloats.bf16ToFloat(HalfFloats.floatToBf16(values[i]));
    }
  }
}
