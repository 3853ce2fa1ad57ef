package llm265.runtime.message;

import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.trinity.Laws;
import llm265.trinity.Trellis;

/**
 * What a message says before its chunks whose values are expected. SPEC.md, "Run-time messages".
 *
 * @param stateBits binary logarithm of the trellis's states
 * @param expectation its checksum
 * @param scales of segments
 * @param deviations of ranks; null where no levels are coded
 * @param step its binary logarithm over a segment's root mean square, in 48ths
 * @param family of the laws
 * @param scale value of a level, before a segment's scale
 */
record ExpectedHeader(
    int stateBits, int expectation, SegmentScales scales, RankDeviations deviations, int step, int family, float scale) {
  private static final int STATE_BITS = 15;
  private static final int CODED = 16;
  private static final int EXPECTED = 128;

  /** A message that has no levels. */
  static ExpectedHeader empty(int stateBits, Expectation expected, SegmentScales scales) {
    return new ExpectedHeader(stateBits, expected.checksum(), scales, null, 0, 0, 0);
  }

  ExpectedHeader with(RankDeviations newDeviations, int newStep, int newFamily, float newScale) {
    return new ExpectedHeader(stateBits, expectation, scales, newDeviations, newStep, newFamily, newScale);
  }

  boolean isCoded() {
    return deviations != null;
  }

  void write(int values, PayloadWriter out) {
    out.u8(EXPECTED | stateBits | (isCoded() ? CODED : 0));
    out.varint(values);
    out.u32(expectation);
    scales.write(out);
    if (isCoded()) {
      deviations.write(out);
      out.u8(step);
      out.u8(step >> Byte.SIZE);
      out.u8(family);
      out.f32(scale);
    }
  }

  /** @throws llm265.h264.MalformedStreamException if it is damaged, or of another expectation */
  static ExpectedHeader read(PayloadReader in, Segments segments, Expectation expected) {
    int kind = in.u8("kind");
    int stateBits = kind & STATE_BITS;
    if ((kind & ~(STATE_BITS | CODED)) != EXPECTED || !Trellis.isKnown(stateBits)) {
      throw MessageFault.of("kind", kind + " is not that of a message with expected values");
    }
    int values = in.varint("values", Integer.MAX_VALUE);
    if (values != segments.values()) {
      throw MessageFault.of("values", "are " + values + ", " + segments.values() + " are expected");
    }
    if (in.u32("expectation") != expected.checksum()) {
      throw MessageFault.of("expectation", "is another one: the encoder has learned from other values");
    }
    ExpectedHeader header = empty(stateBits, expected, SegmentScales.read(in, segments.count()));
    if ((kind & CODED) == 0) {
      return header;
    }
    RankDeviations deviations = RankDeviations.read(in, expected.rankCount());
    int step = (short) (in.u8("step") | (in.u8("step") << Byte.SIZE));
    int family = in.u8("family");
    if (family >= DeviationLaws.FAMILIES) {
      throw MessageFault.of("family", family + " is not known");
    }
    return header.with(deviations, step, family, in.finiteF32("scale"));
  }

  /** Writes the classes of the values of segments that are not silent, one behind the other; returns their number. */
  int classify(Segments segments, Expectation expected, byte[] classes) {
    byte[] ofRanks = new byte[expected.rankCount()];
    for (int i = 0; i < ofRanks.length; i++) {
      ofRanks[i] = (byte) valueClass(i);
    }
    int count = 0;
    for (int i = 0; i < segments.count(); i++) {
      if (!scales.isSilent(i)) {
        for (int k = segments.begin(i); k < segments.end(i); k++) {
          classes[count++] = ofRanks[expected.rank(k)];
        }
      }
    }
    for (int k = count; k < LevelChunks.padded(count); k++) {
      classes[k] = 0;
    }
    return count;
  }

  /** The class of the values of a rank. */
  private int valueClass(int rank) {
    return DeviationLaws.valueClass(deviations.units(rank) - step);
  }

  /** The laws of its family, as far as classes of its ranks go. */
  Laws laws() {
    boolean isWide = false;
    for (int i = 0; i < deviations.ranks(); i++) {
      isWide |= valueClass(i) > DeviationLaws.MOST_NARROW;
    }
    return DeviationLaws.of(family, isWide);
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
      boolean silent = !isCoded() || scales.isSilent(i);
      float own = silent ? 0 : (float) (scale * scales.factor(i));
      for (int k = segments.begin(i); k < segments.end(i); k++) {
        out[at + k] = silent ? 0 : levels[from++] * own;
      }
    }
  }
}
