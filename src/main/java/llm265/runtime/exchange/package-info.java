/**
 * Training on several workers: what they send each other, and the update that they make of it. Ours and the published ones stand
 * behind one interface, {@link llm265.runtime.exchange.DistributedOptimizer}.
 */
package llm265.runtime.exchange;
