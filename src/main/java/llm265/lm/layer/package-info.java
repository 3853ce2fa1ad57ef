/**
 * The parts of a transformer, each once for all architectures: norms, linear layers, rotary embedding, attention, feed-forward
 * layers, and their wiring in a block.
 *
 * <p>Read {@link llm265.lm.layer.LinearLayer}, {@link llm265.lm.layer.LayerObserver} and {@link llm265.lm.layer.KvCache}, where
 * compression of weights, activations and caches takes hold. Then read {@link llm265.lm.layer.LinearGroup},
 * {@link llm265.lm.layer.Norm}, {@link llm265.lm.layer.RotaryEmbedding}, {@link llm265.lm.layer.Attention},
 * {@link llm265.lm.layer.FeedForward} and {@link llm265.lm.layer.TransformerBlock}. Parts get their numbers when they are made,
 * and know no files.
 *
 * <p>Rows are tokens: {@code rows x columns} floats, row-major. Every sum has one order, so that neither threads nor the number
 * of rows of a pass change a bit.
 */
package llm265.lm.layer;
