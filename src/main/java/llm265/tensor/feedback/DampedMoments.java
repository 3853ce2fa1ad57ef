package llm265.tensor.feedback;

import llm265.moments.InputMoments;

/**
 * Second moments of a layer's inputs, and what a squared change of a weight costs besides.
 *
 * @param penalty for each squared change that makes up for errors: weights that have grown take more bits. Of Gaussian weights
 *     a change of v in the mean square takes {@code v / (2 ln 2 variance)} bits, and a bit is worth {@code 2 ln 2} times the
 *     squared error of a weight; so it is the squared error of the outputs by a weight, over the variance of weights
 * @param block inputs that are coded together, before others make up for their errors: a power of two, at most {@link
 *     FeedbackFactor#BAND}
 */
public record DampedMoments(InputMoments moments, double penalty, int block) {}
