package llm265.runtime.message;

import java.util.Arrays;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** The values that a message has exactly, as binary32, with their places in order; the level of each is 0. */
record LargestValues(int[] places, float[] values) {
  static final LargestValues NONE = new LargestValues(new int[0], new float[0]);

  /**
   * Those of the greatest magnitude; of equals, the first ones.
   *
   * @param magnitudes of values, over their segment's scale
   */
  static LargestValues of(float[] values, float[] magnitudes, int count) {
    if (count == 0) {
      return NONE;
    }
    float[] sorted = Arrays.copyOf(magnitudes, values.length);
    Arrays.sort(sorted);
    float least = sorted[sorted.length - count];
    int above = 0;
    for (int i = sorted.length - count; i < sorted.length; i++) {
      above += sorted[i] > least ? 1 : 0;
    }
    int equals = count - above;
    int[] places = new int[count];
    float[] kept = new float[count];
    int at = 0;
    for (int i = 0; i < values.length && at < count; i++) {
      if (magnitudes[i] > least || magnitudes[i] == least && equals-- > 0) {
        places[at] = i;
        kept[at++] = values[i];
      }
    }
    return new LargestValues(places, kept);
  }

  void write(PayloadWriter out) {
    out.varint(places.length);
    int next = 0;
    for (int i = 0; i < places.length; i++) {
      out.varint(places[i] - next);
      next = places[i] + 1;
      out.f32(values[i]);
    }
  }

  static LargestValues read(PayloadReader in, int count) {
    // Each takes five bytes or more.
    int size = in.varint("exact_values", Math.min(count, in.remaining() / 5));
    int[] places = new int[size];
    float[] values = new float[size];
    int next = 0;
    for (int i = 0; i < size; i++) {
      places[i] = next + in.varint("exact_gap", count - 1 - next);
      next = places[i] + 1;
      values[i] = in.finiteF32("exact_value");
      if (next == count && i < size - 1) {
        throw MessageFault.of("exact_gap", "lies beyond the last value");
      }
    }
    return new LargestValues(places, values);
  }
}
