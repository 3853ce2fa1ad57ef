package llm265.lm.architecture;

import java.util.List;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.Norm;
import llm265.lm.layer.QkvLayout;
import llm265.lm.layer.RotaryEmbedding;
import llm265.lm.layer.TransformerBlock;
import llm265.lm.math.Activation;

/**
 * All that makes a model of its weights: sizes, parts, and the names of tensors. Names lack {@code .weight} and {@code .bias};
 * those of a layer lack {@code layerPrefix}, which has {@code %d} for the layer's number. A name is null where there is no such
 * part.
 *
 * @param transposed whether files have the matrices of linear layers as inputs x outputs
 */
record Blueprint(
    Sizes sizes, boolean transposed, String layerPrefix, Embeddings embeddings, AttentionPlan attention,
    FeedForwardPlan feedForward, NormPlan norms, HeadPlan head) {

  /**
   * Sizes.
   *
   * @param vocabulary number of tokens
   * @param hidden number of elements of the state
   * @param positions greatest number of tokens that the model was made for
   */
  record Sizes(int vocabulary, int hidden, int layers, int positions) {}

  /**
   * What the state begins with.
   *
   * @param positions table of learned positions
   * @param types table of token types
   * @param typeCount its number of rows
   * @param norm of the sum
   * @param scale factor of the tokens' vectors
   */
  record Embeddings(String tokens, String positions, String types, int typeCount, String norm, float scale) {}

  /**
   * Attention.
   *
   * @param shapes one for each layer: windows differ
   * @param inputs the linear layers that give queries, keys and values
   * @param rotary null for none
   */
  record AttentionPlan(
      List<AttentionShape> shapes, RotaryEmbedding rotary, List<String> inputs, QkvLayout layout, boolean inputBias,
      String output, boolean outputBias, String queryNorm, String keyNorm) {}

  /** The feed-forward layer; {@code size} is the number of elements between its linear layers. */
  record FeedForwardPlan(
      int size, List<String> inputs, String output, boolean bias, Activation activation, boolean gated) {}

  /** Norms and what goes through them. */
  record NormPlan(
      Norm.Style style, double epsilon, TransformerBlock.Wiring wiring, String beforeAttention, String afterAttention,
      String beforeFeedForward, String afterFeedForward) {}

  /**
   * What comes after the blocks.
   *
   * @param norm of the last state
   * @param transform a linear layer with an activation and a norm in front of the head, of BERT
   * @param transformNorm likewise
   * @param linear the layer that gives logits; null if the model ends with the state
   * @param tied whether its matrix is the table of tokens
   * @param bias tensor of the logits' bias
   * @param cap bound c of logits, which become {@code c tanh(x / c)}; 0 for none
   */
  record HeadPlan(
      String norm, String transform, String transformNorm, String linear, boolean tied, String bias, float cap) {}
}
