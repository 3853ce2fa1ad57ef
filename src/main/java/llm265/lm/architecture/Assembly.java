package llm265.lm.architecture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.lm.architecture.Blueprint.AttentionPlan;
import llm265.lm.architecture.Blueprint.Embeddings;
import llm265.lm.architecture.Blueprint.FeedForwardPlan;
import llm265.lm.architecture.Blueprint.HeadPlan;
import llm265.lm.architecture.Blueprint.NormPlan;
import llm265.lm.layer.Attention;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.Embedding;
import llm265.lm.layer.FeedForward;
import llm265.lm.layer.Linear;
import llm265.lm.layer.LinearGroup;
import llm265.lm.layer.LinearLayer;
import llm265.lm.layer.Norm;
import llm265.lm.layer.QkvLayout;
import llm265.lm.layer.TransformerBlock;
import llm265.lm.math.Activation;
import llm265.lm.weights.NamedWeights;

/** Makes the parts of a blueprint with their weights. What is missing or has another shape is an exception that names it. */
final class Assembly {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final Blueprint blueprint;
  private final NamedWeights weights;
  private final int hidden;
  private final List<Linear> linears = new ArrayList<>();
  private final Map<String, float[]> gains = new HashMap<>();

  Assembly(Blueprint blueprint, NamedWeights weights) {
    this.blueprint = blueprint;
    this.weights = weights;
    hidden = blueprint.sizes().hidden();
  }

  /** The linear layers of the blocks made so far, in the order in which they run. */
  List<Linear> linears() {
    return linears;
  }

  /** By group of linear layers, the gain of the norm that gives it its input, and nothing else one. */
  Map<String, float[]> gains() {
    return gains;
  }

  TransformerBlock block(int layer) {
    String prefix = blueprint.layerPrefix().formatted(layer);
    NormPlan plan = blueprint.norms();
    TransformerBlock.Norms norms = new TransformerBlock.Norms(
        norm(prefix, plan.beforeAttention(), hidden), norm(prefix, plan.afterAttention(), hidden),
        norm(prefix, plan.beforeFeedForward(), hidden), norm(prefix, plan.afterFeedForward(), hidden));
    int first = linears.size();
    Attention attention = attention(layer, prefix);
    putGain(first, norms.beforeAttention());
    first = linears.size();
    FeedForward feedForward = feedForward(prefix);
    putGain(first, norms.beforeFeedForward());
    return new TransformerBlock(plan.wiring(), norms, attention, feedForward);
  }

  private void putGain(int firstLinear, Norm norm) {
    if (norm != null) {
      gains.put(linears.get(firstLinear).layer().group(), norm.gain());
    }
  }

  private Attention attention(int layer, String prefix) {
    AttentionPlan plan = blueprint.attention();
    AttentionShape shape = plan.shapes().get(layer);
    int queries = shape.heads() * shape.headSize();
    int keys = shape.kvHeads() * shape.headSize();
    int[] outputs = plan.layout() == QkvLayout.SEPARATE ? new int[] {queries, keys, keys} : new int[] {queries + 2 * keys};
    LinearGroup input = group(prefix, plan.inputs(), hidden, plan.inputBias(), outputs);
    LinearGroup output = group(prefix, List.of(plan.output()), queries, plan.outputBias(), hidden);
    return new Attention(
        layer, shape, input, plan.layout(), norm(prefix, plan.queryNorm(), shape.headSize()),
        norm(prefix, plan.keyNorm(), shape.headSize()), plan.rotary(), output);
  }

  private FeedForward feedForward(String prefix) {
    FeedForwardPlan plan = blueprint.feedForward();
    int size = plan.size();
    int[] outputs = plan.inputs().size() == 2 ? new int[] {size, size} : new int[] {plan.gated() ? 2 * size : size};
    LinearGroup input = group(prefix, plan.inputs(), hidden, plan.bias(), outputs);
    return new FeedForward(
        input, plan.activation(), plan.gated(), group(prefix, List.of(plan.output()), size, plan.bias(), hidden));
  }

  private LinearGroup group(String prefix, List<String> names, int inputs, boolean bias, int... outputs) {
    List<Linear> group = new ArrayList<>();
    String first = weights.require(prefix + names.getFirst() + WEIGHT);
    for (int i = 0; i < outputs.length; i++) {
      group.add(linear(prefix + names.get(i), first, outputs[i], inputs, bias ? prefix + names.get(i) + BIAS : null));
    }
    linears.addAll(group);
    return new LinearGroup(group);
  }

  private Linear linear(String name, String group, int outputs, int inputs, String bias) {
    boolean transposed = blueprint.transposed();
    String found = weights.require(name + WEIGHT);
    float[] matrix = transposed ? weights.read(found, inputs, outputs) : weights.read(found, outputs, inputs);
    LinearLayer layer = new LinearLayer(found, outputs, inputs, transposed, group == null ? found : group);
    return new Linear(layer, matrix, bias == null ? null : weights.read(bias, outputs));
  }

  /** A norm; null if it has no name. */
  Norm norm(String prefix, String name, int size) {
    if (name == null) {
      return null;
    }
    NormPlan plan = blueprint.norms();
    float[] bias = plan.style() == Norm.Style.LAYER ? weights.read(prefix + name + BIAS, size) : null;
    return new Norm(plan.style(), plan.epsilon(), weights.read(prefix + name + WEIGHT, size), bias);
  }

  /** A table of vectors of the state's size; null if it has no name. */
  Embedding table(String name, int count) {
    return name == null ? null : Embedding.of(count, hidden, weights.read(name + WEIGHT, count, hidden));
  }

  /**
   * The layer that gives logits; null if there is none. Where it is tied to the embeddings, files have the matrix under the
   * name of either.
   */
  Linear head() {
    HeadPlan plan = blueprint.head();
    if (plan.linear() == null) {
      return null;
    }
    String own = plan.linear() + WEIGHT;
    String name = plan.tied() ? weights.find(blueprint.embeddings().tokens() + WEIGHT).or(() -> weights.find(own)).orElse(null)
        : weights.find(own).orElse(null);
    if (name == null) {
      name = weights.require(plan.tied() ? blueprint.embeddings().tokens() + WEIGHT : own);
    }
    int vocabulary = blueprint.sizes().vocabulary();
    float[] matrix = weights.readVocabulary(name, vocabulary, hidden);
    float[] bias = plan.bias() == null ? null : weights.read(plan.bias(), vocabulary);
    return new Linear(new LinearLayer(name, vocabulary, hidden, false, name), matrix, bias);
  }

  /** The vectors of tokens; {@code head} is null if there is none. */
  Embedding tokens(Linear head) {
    Embeddings plan = blueprint.embeddings();
    if (head != null && blueprint.head().tied()) {
      return Embedding.tied(head);
    }
    int vocabulary = blueprint.sizes().vocabulary();
    return Embedding.of(vocabulary, hidden, weights.readVocabulary(plan.tokens() + WEIGHT, vocabulary, hidden));
  }

  /** What comes between the last state and the head. */
  HeadTransform transform() {
    HeadPlan plan = blueprint.head();
    if (plan.transform() == null) {
      return null;
    }
    Linear dense = linear(plan.transform(), null, hidden, hidden, plan.transform() + BIAS);
    Activation activation = blueprint.feedForward().activation();
    return new HeadTransform(dense, activation, norm("", plan.transformNorm(), hidden));
  }

  /** A linear layer, the activation of the feed-forward layers and a norm: the transform of BERT's head. */
  record HeadTransform(Linear dense, Activation activation, Norm norm) {}
}
