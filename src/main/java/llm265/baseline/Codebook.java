package llm265.baseline;

import java.util.Arrays;

/** A few values, and which of them is nearest; the lesser one if two are. */
final class Codebook {
  private final float[] values;
  /** The middle between each value and the next. */
  private final float[] middles;

  Codebook(float... values) {
    this.values = values.clone();
    Arrays.sort(this.values);
    middles = new float[values.length - 1];
    for (int i = 0; i < middles.length; i++) {
      middles[i] = (this.values[i] + this.values[i + 1]) / 2;
    }
  }

  float nearest(float value) {
    int low = 0;
    int high = middles.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (value > middles[middle]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return values[low];
  }
}
