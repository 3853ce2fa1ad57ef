package llm265;

import llm265.tensor.WeightedError;

/**
 * What a tensor came to.
 *
 * @param values number of values
 * @param bytes size of its stream
 * @param snr signal-to-noise ratio in dB over the finite values; infinite if there is no error
 * @param qp QPY of its pictures
 * @param outliers number of values kept exactly, those that are not finite included
 * @param notFinite number of values that are NaN or infinite
 * @param passes how often it was coded to meet the target
 * @param weighted error by the weights of channels; null without them
 */
public record EncodedTensor(
    long values, long bytes, double snr, int qp, long outliers, long notFinite, int passes,
    WeightedError weighted) {

  /** Bits a value, everything counted. */
  public double bitsPerValue() {
    return 8.0 * bytes / values;
  }
}
