package llm265.runtime.message;

import java.util.Arrays;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.trinity.Alphabet;
import llm265.trinity.Law;
import llm265.trinity.Trellis;

/**
 * What a message says before its chunks. SPEC.md, "Run-time messages".
 *
 * @param values of all segments
 * @param stateBits binary logarithm of the trellis's states
 * @param scale value of a level, before a segment's scale; 0 where no levels are coded
 * @param law of the levels; null where there are none
 * @param scales of segments; null where they share one
 * @param largest values that are kept exactly
 */
record MessageHeader(int values, int stateBits, float scale, Law law, SegmentScales scales, LargestValues largest) {
  private static final int STATE_BITS = 15;
  private static final int CODED = 16;
  private static final int SCALED = 32;
  private static final int EXACT = 64;

  private static final int SHAPE_BITS = 5;
  private static final int NIBBLE = 15;

  boolean isCoded() {
    return law != null;
  }

  boolean isSilent(int segment) {
    return scales != null && scales.isSilent(segment);
  }

  /** Values that have levels. */
  int coded(Segments segments) {
    int sum = 0;
    for (int i = 0; i < segments.count(); i++) {
      sum += isSilent(i) ? 0 : segments.end(i) - segments.begin(i);
    }
    return sum;
  }

  void write(PayloadWriter out) {
    boolean exact = largest.places().length > 0;
    out.u8(stateBits | (isCoded() ? CODED : 0) | (scales != null ? SCALED : 0) | (exact ? EXACT : 0));
    out.varint(values);
    if (exact) {
      largest.write(out);
    }
    if (scales != null) {
      scales.write(out);
    }
    if (isCoded()) {
      out.f32(scale);
      write(law, out);
    }
  }

  static void write(Law law, PayloadWriter out) {
    out.u8(law.width());
    out.u8(law.shape() | (law.alphabet().ordinal() << SHAPE_BITS));
    out.u8((law.firstZero() + Law.ZERO_BIAS) | (law.secondZero() << 4));
    out.u8(law.firstOne() + Law.ONE_BIAS);
  }

  static MessageHeader read(PayloadReader in, Segments segments) {
    int kind = in.u8("kind");
    int stateBits = kind & STATE_BITS;
    if (kind > 127 || !Trellis.isKnown(stateBits)) {
      throw MessageFault.of("kind", kind + " is not known");
    }
    int values = in.varint("values", Integer.MAX_VALUE);
    if (values != segments.values()) {
      throw MessageFault.of("values", "are " + values + ", " + segments.values() + " are expected");
    }
    LargestValues largest = (kind & EXACT) != 0 ? LargestValues.read(in, values) : LargestValues.NONE;
    SegmentScales scales = (kind & SCALED) != 0 ? SegmentScales.read(in, segments.count()) : null;
    if ((kind & CODED) == 0) {
      return new MessageHeader(values, stateBits, 0, null, scales, largest);
    }
    float scale = in.finiteF32("scale");
    return new MessageHeader(values, stateBits, scale, readLaw(in), scales, largest);
  }

  static Law readLaw(PayloadReader in) {
    int width = in.u8("law_width");
    int shape = in.u8("law_shape");
    int zeros = in.u8("law_zeros");
    int firstOne = in.u8("law_first_one");
    int alphabet = shape >> SHAPE_BITS;
    if (alphabet >= Alphabet.values().length) {
      throw MessageFault.of("alphabet", alphabet + " is not known");
    }
    try {
      return new Law(
          Alphabet.values()[alphabet], width, shape & ((1 << SHAPE_BITS) - 1), (zeros & NIBBLE) - Law.ZERO_BIAS, zeros >> 4,
          firstOne - Law.ONE_BIAS);
    } catch (IllegalArgumentException e) {
      throw MessageFault.of("law", e.getMessage());
    }
  }

  /**
   * Makes values of levels: the same arithmetic for whoever encodes and whoever decodes.
   *
   * @param levels of the segments that are not silent, one behind the other
   * @param out receives the values of all segments from {@code at} on
   */
  void reconstruct(float[] levels, Segments segments, float[] out, int at) {
    int from = 0;
    for (int i = 0; i < segments.count(); i++) {
      int begin = segments.begin(i);
      int count = segments.end(i) - begin;
      if (!isCoded() || isSilent(i)) {
        Arrays.fill(out, at + begin, at + begin + count, 0);
        continue;
      }
      float own = scales == null ? scale : (float) (scale * scales.factor(i));
      for (int k = 0; k < count; k++) {
        out[at + begin + k] = levels[from + k] * own;
      }
      from += count;
    }
    for (int i = 0; i < largest.places().length; i++) {
      out[at + largest.places()[i]] = largest.values()[i];
    }
  }
}
