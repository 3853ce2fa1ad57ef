package llm265.tensor;

import java.io.Serializable;

/**
 * The result of encoding a tensor.
 *
 * @param values number of values
 * @param bytes size of its stream
 * @param snr signal-to-noise ratio in dB over the finite values; infinite if there is no error
 * @param qp QPY of its pictures
 * @param outliers number of values kept exactly, including those that are not finite
 * @param notFinite number of values that are NaN or infinite; for F64, also those too large for F32
 * @param passes how often the tensor was coded to meet the target
 * @param weighted error by the weights of channels; null without weights
 * @param isLossless whether every value comes back bit for bit
 */
public record EncodedTensor(
    long values, long bytes, double snr, int qp, long outliers, long notFinite, int passes,
    WeightedError weighted, boolean isLossless) implements Serializable {

  /** A tensor that was coded without loss. */
  public static EncodedTensor lossless(long values, long bytes) {
    return new EncodedTensor(values, bytes, Double.POSITIVE_INFINITY, 0, 0, 0, 1, null, true);
  }

  /** Bits per value, every byte counted. */
  public double bitsPerValue() {
    return 8.0 * bytes / values;
  }
}
