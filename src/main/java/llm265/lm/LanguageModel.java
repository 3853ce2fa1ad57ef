package llm265.lm;

import java.util.List;
import java.util.stream.IntStream;
import llm265.lm.architecture.Architecture;
import llm265.lm.architecture.Transformer;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.KvCache;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LinearLayer;
import llm265.lm.layer.LogitsSink;
import llm265.lm.weights.ModelConfig;
import llm265.lm.weights.WeightSource;
import llm265.parallel.Workers;

/**
 * A causal language model: tokens to logits of the next token, in binary32.
 *
 * <p>Results do not depend on kernels, threads or machine, nor on whether tokens come at once or one by one. One thread at a time
 * may use a model; it shares its work out among its workers.
 */
public final class LanguageModel {
  private final Transformer transformer;

  private LanguageModel(Transformer transformer) {
    this.transformer = transformer;
  }

  /**
   * Loads a model.
   *
   * @param weights read at once; not needed after that
   * @throws llm265.checkpoint.file.ModelFormatException if the architecture is not supported, a tensor is missing or has another
   *     shape than the configuration makes it
   */
  public static LanguageModel load(ModelConfig config, WeightSource weights, Workers workers) {
    Architecture architecture = Architecture.of(config);
    if (!architecture.isCausal()) {
      throw config.fault(architecture.className() + " is an encoder, not a causal language model");
    }
    return new LanguageModel(new Transformer(architecture, config, weights, workers));
  }

  /** Number of tokens. */
  public int vocabulary() {
    return transformer.vocabulary();
  }

  /** Number of elements of the state. */
  public int hidden() {
    return transformer.hidden();
  }

  public int layers() {
    return transformer.layers();
  }

  /** Greatest number of tokens that the model was made for. */
  public int contextLength() {
    return transformer.contextLength();
  }

  /** The shapes of the layers' attention, for caches. */
  public List<AttentionShape> attentionShapes() {
    return transformer.attentionShapes();
  }

  /** Radians per position of the rotary embedding, for half of the elements of a head that take part; empty for none. */
  public float[] rotaryFrequencies() {
    return transformer.rotaryFrequencies();
  }

  /** The linear layers of the blocks, in the order in which they run; without the head. */
  public List<LinearLayer> linearLayers() {
    return transformer.linearLayers();
  }

  /**
   * The gain of the norm that makes the input of linear layers, and of these alone: what normalized elements are multiplied by.
   * Null if there is none.
   *
   * @param group as in {@link LinearLayer#group}
   */
  public float[] inputGain(String group) {
    return transformer.inputGain(group);
  }

  /** The layer that gives logits. If it is tied to the embeddings, its name may be theirs, and both have one matrix. */
  public LinearLayer head() {
    return transformer.head();
  }

  /**
   * Replaces the matrix of a linear layer, of the head, or the table of embeddings.
   *
   * @param name of the tensor, as in {@link LinearLayer#name}
   * @param values as files have them: {@code outFeatures x inFeatures}, or the other way round if the layer is transposed
   * @throws IllegalArgumentException if there is none of that name, or if it has another size
   */
  public void setWeight(String name, float... values) {
    transformer.setWeight(name, values);
  }

  /** Has an observer see all passes from now on, instead of the one before; {@link LayerObserver#NONE} for none. */
  public void observe(LayerObserver observer) {
    transformer.observe(observer);
  }

  /**
   * The states of a window of tokens before the first block, {@code tokens x hidden}.
   *
   * @throws IllegalArgumentException as in {@link #logits(int[], LogitsSink)}
   */
  public float[] embeddings(int... tokens) {
    if (tokens.length == 0) {
      throw new IllegalArgumentException("no tokens");
    }
    return transformer.embeddings(tokens);
  }

  /**
   * Replaces the states of a window before a block by those after it.
   *
   * @param layer number of the block
   * @param state {@code tokens x hidden}; the window begins with the first token of a text
   */
  public void applyBlock(int layer, float[] state) {
    transformer.applyBlock(layer, state);
  }

  /** An empty cache that keeps keys and values as they are. */
  public KvCache newCache() {
    return transformer.newCache();
  }

  /**
   * The logits of a window of tokens.
   *
   * @throws IllegalArgumentException if there are no tokens, one is not in the vocabulary, or there are too many for a model with
   *     learned positions
   */
  public void logits(int[] tokens, LogitsSink sink) {
    logits(tokens, newCache(), sink);
  }

  /**
   * The logits of tokens that come after those in a cache, and are appended to it.
   *
   * @throws IllegalArgumentException as in {@link #logits(int[], LogitsSink)}
   */
  public void logits(int[] tokens, KvCache cache, LogitsSink sink) {
    int first = cache.length();
    float[] states = transformer.states(tokens, null, cache);
    transformer.logits(states, IntStream.range(0, tokens.length).toArray(), first, sink);
  }

  /**
   * The logits after the last of some tokens, which are appended to a cache.
   *
   * @throws IllegalArgumentException as in {@link #logits(int[], LogitsSink)}
   */
  public float[] next(KvCache cache, int... tokens) {
    float[] states = transformer.states(tokens, null, cache);
    float[] result = new float[vocabulary()];
    transformer.logits(
        states, new int[] {tokens.length - 1}, 0,
        (position, logits) -> System.arraycopy(logits, 0, result, 0, result.length));
    return result;
  }
}
