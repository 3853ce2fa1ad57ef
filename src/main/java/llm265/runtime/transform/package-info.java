/**
 * What is done to the vectors of a token before they are coded, and undone behind: rotations, channel statistics, rotary
 * embedding, principal axes.
 *
 * <p>{@link llm265.runtime.transform.ChannelTransform} is the seam, and {@link llm265.runtime.transform.CoefficientModel} what is
 * known of its coefficients. Axes come out of {@link llm265.runtime.transform.KvSamples}, which make a
 * {@link llm265.runtime.transform.KvProfile} of a model, or out of {@link llm265.runtime.transform.AdaptiveAxes} and
 * {@link llm265.runtime.transform.ValueAxes}, which learn from what is decoded already. All sums are in one order and in
 * binary64, and no function but roots and those of StrictMath is called: everybody learns the same.
 */
package llm265.runtime.transform;
