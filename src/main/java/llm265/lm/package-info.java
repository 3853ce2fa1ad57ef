/**
 * Language models in plain Java: what compression does to a model is measured by running it.
 *
 * <p>{@link llm265.lm.LanguageModel} gives the logits of the next token, of a whole window or token by token with a cache.
 * {@link llm265.lm.Encoder} is BERT, with or without its head. Open a folder with {@link llm265.lm.weights.ModelFolder}, or
 * bring weights from elsewhere as a {@link llm265.lm.weights.WeightSource}. {@link llm265.lm.layer.LayerObserver} sees and
 * changes activations, {@link llm265.lm.layer.KvCache} keys and values, {@link llm265.lm.LanguageModel#setWeight} a matrix.
 */
package llm265.lm;
