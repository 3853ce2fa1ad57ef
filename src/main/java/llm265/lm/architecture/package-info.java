/**
 * Which parts an architecture has, what its tensors are called, and how a model is put together from them.
 *
 * <p>Read {@link llm265.lm.architecture.Blueprint}, then {@link llm265.lm.architecture.Architecture}, which lists what is
 * supported, and one of the families, such as {@code LlamaFamily}: it makes a blueprint from a configuration. {@link
 * llm265.lm.architecture.Transformer} is what {@code Assembly} makes from a blueprint and weights.
 */
package llm265.lm.architecture;
