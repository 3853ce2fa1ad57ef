/**
 * What the codec is measured against: other encoders, textbook quantizers, and our own tools one by one. Behind
 * {@code llm265 bench}; docs/benchmarks.md has results.
 *
 * <p>Reading order: {@link RateDistortion} runs our codec and its peers on the same tensors and returns {@link RatePoint}s. A
 * {@link Peer} is an encoder of another project, {@link TextbookQuantizers} are simple quantizers. {@link Ablation} adds our
 * tools one at a time. {@link Speed} and {@code PeerSpeed} measure time. {@link Plot} draws.
 *
 * <p>No other package except {@code cli} uses it.
 */
package llm265.bench;
