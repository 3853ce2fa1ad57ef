package llm265.tensor.picture;

import llm265.h264.encode.H264IntraEncoder;
import llm265.tensor.format.TensorTransforms;

/**
 * The number of bits of the samples of pictures, and of the source pictures that they are coded from.
 *
 * <p>Levels, scales and steps are always in steps of 8-bit samples: deeper samples are finer, not more.
 *
 * @param bits bits of a coded sample, 8 to 14
 */
public record SampleDepth(int bits) {
  public static final SampleDepth EIGHT = new SampleDepth(8);

  /** The most bits of a sample, also in source pictures. */
  public static final int MOST = TensorTransforms.MOST_BIT_DEPTH;

  public SampleDepth {
    if (bits < 8 || bits > MOST) {
      throw new IllegalArgumentException("samples of " + bits + " bits");
    }
  }

  /** Number of fraction bits of a coded sample, where 8-bit samples are whole numbers. */
  int extraBits() {
    return bits - 8;
  }

  /** Number of bits that a source sample has after the last bit of a coded sample. */
  public int fractionBits() {
    return Math.min(H264IntraEncoder.MAX_FRACTION_BITS, MOST - bits);
  }

  /** Number of fraction bits of a source sample, where 8-bit samples are whole numbers. */
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

  /** The least QPY. Its steps are finer than those of QPY 0 by as much as samples are. */
  public int leastQp() {
    return -6 * extraBits();
  }

  /** Variance of rounding the reconstruction to a sample, in squared steps of 8-bit samples. */
  public double roundingNoise() {
    return 1.0 / 12 / (1L << 2 * extraBits());
  }
}
