/**
 * Where the numbers of a language model come from: its folder, or anything else that has named tensors.
 *
 * <p>Read {@link llm265.lm.weights.WeightSource}, the seam. {@link llm265.lm.weights.ModelFolder} opens a folder of Hugging
 * Face's layout, with its {@link llm265.lm.weights.ModelConfig}. {@link llm265.lm.weights.NamedWeights} finds and checks tensors
 * for the assembly of a model.
 */
package llm265.lm.weights;
