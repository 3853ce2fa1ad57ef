package llm265.lm.layer;

/**
 * What a linear layer is called and how large it is.
 *
 * @param name of its matrix in the model's files, such as {@code model.layers.3.self_attn.q_proj.weight}
 * @param outFeatures number of outputs
 * @param inFeatures number of inputs
 * @param transposed whether files have the matrix as {@code inFeatures x outFeatures} (Conv1D of GPT-2), not the other way round
 * @param group the name of the first of the layers that have the same input as this one
 */
public record LinearLayer(String name, int outFeatures, int inFeatures, boolean transposed, String group) {}
