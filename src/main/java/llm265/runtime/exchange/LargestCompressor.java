package llm265.runtime.exchange;

import java.util.Arrays;
import llm265.runtime.message.Segments;

/**
 * TopK: the values of greatest magnitude of each tensor, as binary16, and 0 for the rest. A position is counted as what an ideal
 * code of random positions takes, log2(1 / share) + 1.44 bits.
 */
final class LargestCompressor implements Compressor {
  private static final double POSITION_BITS = 1 / StrictMath.log(2);

  private final Segments tensors;
  private final double share;

  LargestCompressor(Segments tensors, double share) {
    this.tensors = tensors;
    this.share = share;
  }

  /** The share of values whose bits per value are {@code bits}. */
  static double shareOf(double bits) {
    double least = 0;
    double most = 1;
    for (int i = 0; i < 60; i++) {
      double share = (least + most) / 2;
      if (share * valueBits(share) > bits) {
        most = share;
      } else {
        least = share;
      }
    }
    return most;
  }

  private static double valueBits(double share) {
    return RawCompressor.BITS + StrictMath.log(1 / share) / StrictMath.log(2) + POSITION_BITS;
  }

  @Override
  public double send(float[] values) {
    double bits = 0;
    for (int i = 0; i < tensors.count(); i++) {
      int size = tensors.end(i) - tensors.begin(i);
      int count = (int) Math.clamp(Math.rint(share * size), 1, size);
      keep(values, tensors.begin(i), size, count);
      bits += count * valueBits((double) count / size);
    }
    return bits;
  }

  private static void keep(float[] values, int begin, int size, int count) {
    float[] magnitudes = new float[size];
    for (int i = 0; i < size; i++) {
      magnitudes[i] = Math.abs(values[begin + i]);
    }
    Arrays.sort(magnitudes);
    float least = magnitudes[size - count];
    int equals = count;
    for (int i = size - 1; i >= 0 && magnitudes[i] > least; i--) {
      equals--;
    }
    for (int i = begin; i < begin + size; i++) {
      float magnitude = Math.abs(values[i]);
      boolean kept = magnitude > least || magnitude == least && equals-- > 0;
      values[i] = kept ? Float.float16ToFloat(Float.floatToFloat16(values[i])) : 0;
    }
  }
}
