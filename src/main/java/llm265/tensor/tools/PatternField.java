package llm265.tensor.tools;

import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** Fields as wide as the pattern of a value, the least significant byte first. */
final class PatternField {
  private PatternField() {}

  static void write(PayloadWriter out, long bits, int width) {
    for (int shift = 0; shift < width; shift += 8) {
      out.u8((int) (bits >>> shift));
    }
  }

  static long read(PayloadReader in, String field, int width) {
    long bits = 0;
    for (int shift = 0; shift < width; shift += 8) {
      bits |= (long) in.u8(field) << shift;
    }
    return bits;
  }
}
