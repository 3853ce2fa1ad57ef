package llm265.model;

import java.io.Serializable;
import llm265.rate.RateCurve;

/**
 * A tensor of which a little is to be coded. Whoever has the model and the settings can do it, in any order with others.
 *
 * @param tensor number of the tensor in the model
 * @param bits rate near which it is measured, in bits per value
 * @param curve what is known about it already; null for nothing
 */
public record ProbeJob(int tensor, double bits, RateCurve curve) implements Serializable {}
