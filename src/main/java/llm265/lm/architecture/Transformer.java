package llm265.lm.architecture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import llm265.lm.architecture.Assembly.HeadTransform;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.Embedding;
import llm265.lm.layer.FloatKvCache;
import llm265.lm.layer.KvCache;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.Linear;
import llm265.lm.layer.LinearLayer;
import llm265.lm.layer.LogitsSink;
import llm265.lm.layer.Norm;
import llm265.lm.layer.Pass;
import llm265.lm.layer.RotaryEmbedding;
import llm265.lm.layer.TransformerBlock;
import llm265.lm.math.Activation;
import llm265.lm.weights.ModelConfig;
import llm265.lm.weights.NamedWeights;
import llm265.lm.weights.WeightSource;
import llm265.parallel.Workers;

/**
 * A transformer with its weights: tokens to states, states to logits. The forward pass of all architectures stands here and in
 * {@code llm265.lm.layer}. One thread at a time may use it; it shares its work out among its workers.
 */
public final class Transformer {
  /** Number of logits that are in memory at a time. */
  private static final int LOGITS = 1 << 22;
  private static final int MOST_POSITIONS = 192;

  private final Blueprint blueprint;
  private final Workers workers;
  private final Embedding tokens;
  private final Embedding positions;
  private final Embedding types;
  private final Norm embeddingNorm;
  private final List<TransformerBlock> blocks = new ArrayList<>();
  private final Norm finalNorm;
  private final HeadTransform transform;
  private final Linear head;
  private final List<LinearLayer> linearLayers;
  private final Map<String, float[]> gains;
  private final Map<String, Linear> linears = new LinkedHashMap<>();
  private final String tokensName;
  private LayerObserver observer = LayerObserver.NONE;

  /**
   * Makes a model.
   *
   * @throws llm265.checkpoint.file.ModelFormatException if configuration and weights do not make one
   */
  public Transformer(Architecture architecture, ModelConfig config, WeightSource source, Workers workers) {
    this.blueprint = architecture.blueprint(config);
    this.workers = workers;
    NamedWeights weights = new NamedWeights(config, source);
    Assembly assembly = new Assembly(blueprint, weights);
    head = assembly.head();
    tokens = assembly.tokens(head);
    tokensName = weights.find(blueprint.embeddings().tokens() + ".weight").orElse(null);
    positions = assembly.table(blueprint.embeddings().positions(), blueprint.sizes().positions());
    types = assembly.table(blueprint.embeddings().types(), blueprint.embeddings().typeCount());
    embeddingNorm = assembly.norm("", blueprint.embeddings().norm(), hidden());
    for (int layer = 0; layer < layers(); layer++) {
      blocks.add(assembly.block(layer));
    }
    finalNorm = assembly.norm("", blueprint.head().norm(), hidden());
    transform = assembly.transform();
    assembly.linears().forEach(linear -> linears.put(linear.layer().name(), linear));
    gains = assembly.gains();
    linearLayers = assembly.linears().stream().map(Linear::layer).toList();
    if (transform != null) {
      linears.put(transform.dense().layer().name(), transform.dense());
    }
    if (head != null) {
      linears.put(head.layer().name(), head);
    }
  }

  public int vocabulary() {
    return blueprint.sizes().vocabulary();
  }

  /** Number of elements of the state. */
  public int hidden() {
    return blueprint.sizes().hidden();
  }

  public int layers() {
    return blueprint.sizes().layers();
  }

  /** Greatest number of tokens that the model was made for. */
  public int contextLength() {
    return blueprint.sizes().positions();
  }

  /** The shapes of the layers' attention. */
  public List<AttentionShape> attentionShapes() {
    return blueprint.attention().shapes();
  }

  /** Radians per position of the rotary embedding, for half of the elements of a head that take part; empty for none. */
  public float[] rotaryFrequencies() {
    RotaryEmbedding rotary = blueprint.attention().rotary();
    return rotary == null ? new float[0] : rotary.frequencies();
  }

  /** The linear layers of the blocks, in the order in which they run; without the head. */
  public List<LinearLayer> linearLayers() {
    return linearLayers;
  }

  /** The gain of the norm that makes the input of a group of linear layers, and of these alone; null if there is none. */
  public float[] inputGain(String group) {
    float[] gain = gains.get(group);
    return gain == null ? null : gain.clone();
  }

  /** The layer that gives logits; null if there is none. If it is tied, its matrix is also the table of tokens. */
  public LinearLayer head() {
    return head == null ? null : head.layer();
  }

  /**
   * Replaces the matrix of a linear layer, of the head, or the table of tokens.
   *
   * @param name as in {@link LinearLayer#name}
   * @param values as files have them
   * @throws IllegalArgumentException if there is none of that name, or if it has another size
   */
  public void setWeight(String name, float... values) {
    if (linears.containsKey(name)) {
      linears.get(name).setMatrix(values);
    } else if (name.equals(tokensName)) {
      tokens.setTable(values);
    } else {
      throw new IllegalArgumentException("no linear layer " + name);
    }
  }

  /** Has an observer see all passes from now on, instead of the one before. */
  public void observe(LayerObserver next) {
    observer = next;
  }

  /** An empty cache that keeps keys and values as they are. */
  public KvCache newCache() {
    AttentionShape shape = attentionShapes().getFirst();
    return new FloatKvCache(layers(), shape.kvHeads(), shape.headSize(), true);
  }

  /**
   * The states after the last block and the final norm, {@code tokens x hidden}.
   *
   * @param typeIds one for each token; null for 0, or if the architecture has no types
   * @param cache has what came before these tokens; they are appended
   * @throws IllegalArgumentException if there are no tokens, a token is not in the vocabulary, or there are too many for a model
   *     with learned positions
   */
  public float[] states(int[] ids, int[] typeIds, KvCache cache) {
    if (ids.length == 0) {
      throw new IllegalArgumentException("no tokens");
    }
    Pass pass = new Pass(ids.length, cache.length(), cache, observer, workers);
    float[] state = embed(ids, typeIds, pass);
    for (int layer = 0; layer < layers(); layer++) {
      observer.state(layer, state, pass.rows(), hidden());
      blocks.get(layer).apply(pass, state);
    }
    observer.state(layers(), state, pass.rows(), hidden());
    cache.advance(pass.rows());
    if (finalNorm != null) {
      finalNorm.apply(state, pass.rows(), state, workers);
    }
    return state;
  }

  /** The states of tokens before the first block, {@code tokens x hidden}. Exceptions as {@link #states}. */
  public float[] embeddings(int[] ids) {
    return embed(ids, null, new Pass(ids.length, 0, null, observer, workers));
  }

  /** Replaces the states of a window, which begins with the first token, before a block by those after it. */
  public void applyBlock(int layer, float[] state) {
    blocks.get(layer).apply(new Pass(state.length / hidden(), 0, newCache(), observer, workers), state);
  }

  private float[] embed(int[] ids, int[] typeIds, Pass pass) {
    int hidden = hidden();
    if (positions != null && pass.first() + ids.length > positions.count()) {
      throw new IllegalArgumentException(
          pass.first() + ids.length + " tokens are more than the model's " + positions.count() + " positions");
    }
    if (typeIds != null && typeIds.length != ids.length) {
      throw new IllegalArgumentException(typeIds.length + " types for " + ids.length + " tokens");
    }
    float[] state = new float[Math.multiplyExact(ids.length, hidden)];
    float[] vector = new float[hidden];
    for (int row = 0; row < ids.length; row++) {
      if (ids[row] < 0 || ids[row] >= vocabulary()) {
        throw new IllegalArgumentException("token " + ids[row] + " is not in the vocabulary of " + vocabulary());
      }
      tokens.copyRow(ids[row], state, row * hidden);
      for (int i = row * hidden; i < (row + 1) * hidden; i++) {
        state[i] *= blueprint.embeddings().scale();
      }
      if (types != null) {
        types.copyRow(typeIds == null ? 0 : typeIds[row], vector, 0);
        add(vector, state, row * hidden);
      }
      if (positions != null) {
        positions.copyRow(pass.first() + row, vector, 0);
        add(vector, state, row * hidden);
      }
    }
    if (embeddingNorm != null) {
      embeddingNorm.apply(state, ids.length, state, workers);
    }
    return state;
  }

  private static void add(float[] vector, float[] state, int at) {
    for (int i = 0; i < vector.length; i++) {
      state[at + i] += vector[i];
    }
  }

  /**
   * The logits of some states, a few at a time.
   *
   * @param states as {@link #states} gives them
   * @param rows their numbers, in the order in which the sink gets their logits
   * @param first position of row 0, for the sink
   */
  public void logits(float[] states, int[] rows, int first, LogitsSink sink) {
    int vocabulary = vocabulary();
    int strip = Math.max(1, Math.min(MOST_POSITIONS, LOGITS / vocabulary));
    float[] row = new float[vocabulary];
    for (int done = 0; done < rows.length; done += strip) {
      int count = Math.min(strip, rows.length - done);
      float[] input = headInput(states, Arrays.copyOfRange(rows, done, done + count));
      observer.inputs(List.of(head.layer()), input, count, hidden());
      float[] logits = new float[count * vocabulary];
      head.apply(input, 0, count, logits, workers);
      cap(logits, blueprint.head().cap());
      for (int i = 0; i < count; i++) {
        System.arraycopy(logits, i * vocabulary, row, 0, vocabulary);
        sink.accept(first + rows[done + i], row);
      }
    }
  }

  /** Rows of states, through the transform if there is one. */
  private float[] headInput(float[] states, int[] rows) {
    int hidden = hidden();
    float[] input = new float[rows.length * hidden];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(states, rows[i] * hidden, input, i * hidden, hidden);
    }
    if (transform == null) {
      return input;
    }
    float[] result = new float[input.length];
    observer.inputs(List.of(transform.dense().layer()), input, rows.length, hidden);
    transform.dense().apply(input, 0, rows.length, result, workers);
    transform.activation().apply(result, 0, result.length);
    transform.norm().apply(result, rows.length, result, workers);
    return result;
  }

  private static void cap(float[] logits, float cap) {
    if (cap > 0) {
      for (int i = 0; i < logits.length; i++) {
        logits[i] /= cap;
      }
      Activation.TANH.apply(logits, 0, logits.length);
      for (int i = 0; i < logits.length; i++) {
        logits[i] *= cap;
      }
    }
  }
}
