package llm265.rate;

import java.io.Serializable;

/** What a coded tensor or model must meet: a size, a quality, a bound on errors, a quantizer step, or no loss. */
public sealed interface RateTarget extends Serializable {

  /**
   * A number of bits per value, every byte counted.
   *
   * @param bitsPerValue more than 0, at most 16; a rate out of reach is approached as closely as possible
   */
  record Bits(double bitsPerValue) implements RateTarget {
    public Bits {
      if (!(bitsPerValue > 0 && bitsPerValue <= 16)) {
        throw new IllegalArgumentException(bitsPerValue + " bits per value are not in 0..16");
      }
    }
  }

  /**
   * A signal-to-noise ratio: variance over mean squared error of each tensor.
   *
   * @param decibels 0 to 100; a ratio out of reach is approached as closely as possible
   */
  record Snr(double decibels) implements RateTarget {
    public Snr {
      if (!(decibels >= 0 && decibels <= 100)) {
        throw new IllegalArgumentException(decibels + " dB are not in 0..100");
      }
    }
  }

  /**
   * A quantization parameter; samples are scaled as is best for it.
   *
   * @param qp QPY, 0 to 51
   */
  record Qp(int qp) implements RateTarget {
    public Qp {
      if (qp < 0 || qp > QuantizerPoint.MAX_QP) {
        throw new IllegalArgumentException("QP " + qp + " is not in 0..51");
      }
    }
  }

  /**
   * A bound on the error of every finite value, in the fewest bytes.
   *
   * @param error greatest magnitude of the difference between a value and the decoded value, in units of the values; finite, 0
   *     or more
   */
  record MaxError(double error) implements RateTarget {
    public MaxError {
      if (!(error >= 0 && error < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("an error of " + error + " is not a finite number of 0 or more");
      }
    }
  }

  /** Every value bit for bit, whatever the size. */
  record Lossless() implements RateTarget {}
}
