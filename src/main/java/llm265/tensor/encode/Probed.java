package llm265.tensor.encode;

import java.io.Serializable;
import llm265.rate.RateCurve;

/**
 * A point of a tensor's curve and how it is coded there, or the curve of a tensor that has but one point.
 *
 * @param probe the point; null where there is but one
 * @param fixed the curve of one point; else null
 * @param choice how the tensor is coded; null where that is prescribed, or there is no choice
 * @param variance of the tensor's finite values
 */
public record Probed(RateCurve.Probe probe, RateCurve fixed, MethodChoice choice, double variance)
    implements Serializable {}
