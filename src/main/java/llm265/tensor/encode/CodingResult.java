package llm265.tensor.encode;

import llm265.tensor.WeightedError;

/**
 * The result of one pass over a tensor, or over an excerpt of it.
 *
 * @param bytes size of the stream; for an excerpt, an estimate for the whole
 * @param squaredError sum over all finite values
 * @param snr signal-to-noise ratio in dB; infinite if there is no error
 * @param outliers number of values kept exactly, including those that are not finite
 * @param weighted error by the weights of channels; null without weights, and for an excerpt
 */
public record CodingResult(double bytes, double squaredError, double snr, long outliers, WeightedError weighted) {}
