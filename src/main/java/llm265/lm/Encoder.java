package llm265.lm;

import java.util.List;
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
 * An encoder, whose tokens see each other in both directions: BERT. Gives states, and logits if it has a head for masked tokens.
 * Results do not depend on kernels, threads or machine. One thread at a time may use an encoder.
 */
public final class Encoder {
  private final Transformer transformer;

  private Encoder(Transformer transformer) {
    this.transformer = transformer;
  }

  /**
   * Loads an encoder.
   *
   * @param weights read at once; not needed after that
   * @throws llm265.checkpoint.file.ModelFormatException if the architecture is not supported, a tensor is missing or has another
   *     shape than the configuration makes it
   */
  public static Encoder load(ModelConfig config, WeightSource weights, Workers workers) {
    Architecture architecture = Architecture.of(config);
    if (architecture.isCausal()) {
      throw config.fault(architecture.className() + " is a causal language model, not an encoder");
    }
    return new Encoder(new Transformer(architecture, config, weights, workers));
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

  /** Greatest number of tokens. */
  public int contextLength() {
    return transformer.contextLength();
  }

  /** The shapes of the layers' attention. */
  public List<AttentionShape> attentionShapes() {
    return transformer.attentionShapes();
  }

  /** Radians per position of the rotary embedding, for half of the elements of a head that take part; empty for none. */
  public float[] rotaryFrequencies() {
    return transformer.rotaryFrequencies();
  }

  /** An empty cache for the keys and values of one call. */
  public KvCache newCache() {
    return transformer.newCache();
  }

  /** The linear layers of the blocks, in the order in which they run; without those of the head. */
  public List<LinearLayer> linearLayers() {
    return transformer.linearLayers();
  }

  /** Whether {@link #logits} works. */
  public boolean hasHead() {
    return transformer.head() != null;
  }

  /** Replaces a matrix; see {@link LanguageModel#setWeight}. */
  public void setWeight(String name, float... values) {
    transformer.setWeight(name, values);
  }

  /** Has an observer see all passes from now on, instead of the one before; {@link LayerObserver#NONE} for none. */
  public void observe(LayerObserver observer) {
    transformer.observe(observer);
  }

  /**
   * The states of tokens after the last block, {@code tokens x hidden}.
   *
   * @param types one for each token; null for 0 everywhere
   * @throws IllegalArgumentException if there are no tokens, too many, or one is not in the vocabulary
   */
  public float[] states(int[] tokens, int[] types) {
    return states(tokens, types, newCache());
  }

  /**
   * The same with an empty cache, through which attention reads the keys and values of all tokens.
   *
   * @throws IllegalArgumentException as in {@link #states(int[], int[])}
   */
  public float[] states(int[] tokens, int[] types, KvCache cache) {
    return transformer.states(tokens, types, cache);
  }

  /**
   * The logits of tokens at some positions.
   *
   * @param types one for each token; null for 0 everywhere
   * @param positions where logits are wanted, such as those of masked tokens
   * @throws IllegalArgumentException if there are no tokens, too many, or one is not in the vocabulary
   * @throws IllegalStateException if there is no head
   */
  public void logits(int[] tokens, int[] types, int[] positions, LogitsSink sink) {
    logits(tokens, types, positions, newCache(), sink);
  }

  /**
   * The same with an empty cache, through which attention reads the keys and values of all tokens.
   *
   * @throws IllegalStateException if there is no head
   */
  public void logits(int[] tokens, int[] types, int[] positions, KvCache cache, LogitsSink sink) {
    if (!hasHead()) {
      throw new IllegalStateException("an encoder without a head has no logits");
    }
    transformer.logits(states(tokens, types, cache), positions, 0, sink);
  }
}
