package llm265.tensor.encode;

import llm265.tensor.WeightedError;

/**
 * What one pass over a tensor, or over an excerpt of it, comes to.
 *
 * @param bytes size of the stream; of an excerpt an estimate for the whole
 * @param squaredError sum over all values that are finite
 * @param snr signal-to-noise ratio in dB; infinite if there is no error
 * @param outliers values kept exactly, those that are not finite included
 * @param weighted by the weights of channels; null without them, and of an excerpt
 */
public record CodingResult(double bytes, double squaredError, double snr, long outliers, WeightedError weighted) {}
