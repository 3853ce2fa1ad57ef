package llm265.tensor.picture;

import llm265.h264.encode.H264IntraEncoder;
import llm265.tensor.format.TensorTransforms;

/**
 * How many bits the samples of pictures have, and those of the source pictures that they are coded from.
 *
 * <p>Levels, scales and steps are counted in the steps of 8-bit samples throughout: deeper samples are finer, not more.
 *
 * @param bits bits of a coded sample, 8 to 14
 */
public record SampleDepth(int bits) {
  public static final SampleDepth EIGHT = new SampleDepth(8);

  /** Most bits that a sample can have, of source pictures too. */
  public static final int MOST = TensorTransforms.MOST_BIT_DEPTH;

  public SampleDepth {
    if (bits < 8 || bits > MOST) {
      throw new IllegalArgumentException("samples of " + bits + " bits");
    }
  }

  /** Bits of a coded sample behind the point, 8-bit samples being whole. */
  int extraBits() {
    return bits - 8;
  }

  /** Bits of a source sample behind the last one of a coded sample. */
  public int fractionBits() {
    return Math.min(H264IntraEncoder.MAX_FRACTION_BITS, MOST - bits);
  }

  /** Bits of a source sample behind the point, 8-bit samples being whole. */
  int fineBits() {
    return extraBits() + fractionBits();
  }

  /** Coded sample of an outlier, of padding, and of the centre. */
  public int middle() {
    return 1 << (bits - 1);
  }

  /** {@link #middle} in a source picture. */
  short fineMiddle() {
    return (short) (middle() << fractionBits());
  }

  /** The least QPY, at which steps are as much finer than those of QPY 0 as samples are. */
  public int leastQp() {
    return -6 * extraBits();
  }

  /** Variance of rounding the reconstruction to a sample, in squared steps of 8-bit samples. */
  public double roundingNoise() {
    return 1.0 / 12 / (1L << 2 * extraBits());
  }
}
