package llm265.runtime.message;

import llm265.numeric.Logarithms;
import llm265.tensor.payload.BitReader;
import llm265.tensor.payload.BitWriter;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * A scale for each segment, in quarters of an octave: segments that are divided by theirs all get one ratio of signal to noise.
 * Segments of zeros are silent: nothing is coded of them. SPEC.md, "Run-time messages".
 */
final class SegmentScales {
  /** Scales of an octave: a finer one would move a segment's noise by less than a decibel. */
  private static final int OCTAVE = 4;

  /** Quarters of an octave from the middle scale to the farthest: beyond all that a float can be. */
  private static final int FARTHEST = 4 * 300;

  private static final int GREATEST_RICE = 8;

  private final int[] codes;
  private final boolean[] silent;
  private final int middle;

  private SegmentScales(int[] codes, boolean[] silent, int middle) {
    this.codes = codes;
    this.silent = silent;
    this.middle = middle;
  }

  /**
   * The scales of segments.
   *
   * @param meanSquares of each segment's values
   */
  static SegmentScales of(double[] meanSquares) {
    int[] codes = new int[meanSquares.length];
    boolean[] silent = new boolean[codes.length];
    long sum = 0;
    int loud = 0;
    for (int i = 0; i < codes.length; i++) {
      silent[i] = meanSquares[i] == 0;
      if (!silent[i]) {
        codes[i] = (int) StrictMath.rint(OCTAVE * 0.5 * Logarithms.log2(meanSquares[i]));
        sum += codes[i];
        loud++;
      }
    }
    int middle = loud == 0 ? 0 : (int) Math.floorDiv(sum, loud);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = silent[i] ? 0 : codes[i] - middle;
    }
    return new SegmentScales(codes, silent, middle);
  }

  /** The scale of all segments together, which the message has no need of. */
  double middle() {
    return StrictMath.pow(2, (double) middle / OCTAVE);
  }

  boolean isSilent(int segment) {
    return silent[segment];
  }

  /** A segment's scale over the middle one. */
  double factor(int segment) {
    return StrictMath.pow(2, (double) codes[segment] / OCTAVE);
  }

  void write(PayloadWriter out) {
    boolean some = false;
    for (boolean one : silent) {
      some |= one;
    }
    out.u8(some ? 1 : 0);
    if (some) {
      BitWriter bits = new BitWriter(out);
      for (boolean one : silent) {
        bits.bits(one ? 1 : 0, 1);
      }
      bits.align();
    }
    BitWriter.signedRice(out, codes.length, i -> codes[i], GREATEST_RICE);
  }

  static SegmentScales read(PayloadReader in, int count) {
    boolean[] silent = new boolean[count];
    int some = in.u8("silent");
    if (some > 1) {
      throw MessageFault.of("silent", some + " is neither 0 nor 1");
    }
    if (some == 1) {
      BitReader bits = new BitReader(in, "silent");
      for (int i = 0; i < count; i++) {
        silent[i] = bits.bits(1) == 1;
      }
      bits.requireZeros("silent");
    }
    int parameter = in.u8("scale_parameter");
    if (parameter > GREATEST_RICE) {
      throw MessageFault.of("scale_parameter", parameter + " is greater than " + GREATEST_RICE);
    }
    BitReader bits = new BitReader(in, "segment_scale");
    int[] codes = new int[count];
    for (int i = 0; i < count; i++) {
      codes[i] = bits.signedRice(parameter, FARTHEST, "segment_scale");
    }
    bits.requireZeros("segment_scale");
    return new SegmentScales(codes, silent, 0);
  }
}
