package llm265.fidelity.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import llm265.fidelity.TokenWindows;
import llm265.lm.LanguageModel;
import llm265.lm.layer.AttentionShape;
import llm265.lm.layer.KvCache;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LinearLayer;
import llm265.lm.weights.WeightSource;
import llm265.runtime.transform.ChannelMoments;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.IdentityTransform;
import llm265.runtime.transform.KvGeometry;
import llm265.runtime.transform.KvPart;
import llm265.runtime.transform.KvProfile;
import llm265.runtime.transform.KvSamples;
import llm265.runtime.transform.RotaryTransform;

/**
 * Learns a profile of keys and values by having a model read a text. An error of keys counts by what it does to scores, E[q q^T]
 * over the queries q of their head before rotary embedding; one of values by what it does to the state, W_o^T W_o over the inputs
 * of their head. Used by one thread at a time.
 */
public final class KvProfiler {
  /** Of the weights: .5, .75 and 1 are within .03 bits of each other, and 0 costs .1. */
  private static final double POWER = 0.75;

  private final LanguageModel model;
  private final WeightSource weights;
  private final KvGeometry geometry;
  private final int heads;
  private final KvSamples samples;
  private final List<ChannelMoments> queries = new ArrayList<>();
  private final LinearLayer[] outputs;

  /** @param weights those that the model was made of */
  public KvProfiler(LanguageModel model, WeightSource weights) {
    this.model = model;
    this.weights = weights;
    geometry = geometry(model);
    heads = model.attentionShapes().getFirst().heads();
    samples = new KvSamples(geometry);
    outputs = new LinearLayer[model.layers()];
    for (int layer = 0; layer < model.layers(); layer++) {
      queries.add(new ChannelMoments(heads * geometry.headSize()));
    }
  }

  /** The geometry of a model's cache, with all heads in one group. */
  public static KvGeometry geometry(LanguageModel model) {
    AttentionShape shape = model.attentionShapes().getFirst();
    return new KvGeometry(
        model.layers(), shape.kvHeads(), shape.headSize(), shape.kvHeads(), model.rotaryFrequencies(),
        RotaryTransform.Pairing.HALVES);
  }

  /**
   * Learns a profile.
   *
   * @param name of the model
   * @param progress receives numbers of tokens that are done
   */
  public KvProfile learn(String name, TokenWindows text, IntConsumer progress) {
    ChannelTransform identity = new IdentityTransform(heads * geometry.headSize());
    ChannelTransform unrotated = geometry.frequencies().length == 0 ? identity
        : new RotaryTransform(geometry.frequencies(), geometry.pairing(), geometry.headSize(), identity);
    model.observe(new Collector(unrotated));
    try {
      for (int[] window : text.windows()) {
        model.next(new Collecting(model.newCache()), window);
        progress.accept(window.length);
      }
    } finally {
      model.observe(LayerObserver.NONE);
    }
    for (int layer = 0; layer < model.layers(); layer++) {
      samples.weigh(layer, KvPart.KEYS, 0, byHead(queries.get(layer).second()));
      samples.weigh(layer, KvPart.VALUES, 0, byHead(gram(outputs[layer])));
    }
    return samples.learn(name, POWER);
  }

  /** Sees queries, and which layers get what attention gives. */
  private final class Collector implements LayerObserver {
    private final ChannelTransform unrotated;
    private int attended = -1;

    Collector(ChannelTransform unrotated) {
      this.unrotated = unrotated;
    }

    @Override
    public void queries(int layer, AttentionShape shape, int first, int rows, float[] x) {
      float[] own = x.clone();
      unrotated.forward(own, 0, rows, first);
      queries.get(layer).add(own, 0, rows);
      attended = layer;
    }

    @Override
    public void inputs(List<LinearLayer> layers, float[] x, int rows, int columns) {
      if (attended >= 0) {
        outputs[attended] = layers.getFirst();
        attended = -1;
      }
    }
  }

  /** Sees keys and values. */
  private final class Collecting implements KvCache {
    private final KvCache cache;

    Collecting(KvCache cache) {
      this.cache = cache;
    }

    @Override
    public int length() {
      return cache.length();
    }

    @Override
    public void append(int layer, int rows, float[] keys, float[] values) {
      samples.add(layer, KvPart.KEYS, keys, rows, length());
      samples.add(layer, KvPart.VALUES, values, rows, length());
      cache.append(layer, rows, keys, values);
    }

    @Override
    public void read(int layer, int head, int count, float[] keys, float[] values) {
      cache.read(layer, head, count, keys, values);
    }

    @Override
    public void advance(int rows) {
      cache.advance(rows);
    }
  }

  /** W^T W of a layer, {@code inputs x inputs}. */
  private double[] gram(LinearLayer layer) {
    float[] matrix = weights.read(layer.name());
    int inputs = layer.inFeatures();
    double[] gram = new double[inputs * inputs];
    double[] row = new double[inputs];
    for (int output = 0; output < layer.outFeatures(); output++) {
      for (int i = 0; i < inputs; i++) {
        row[i] = matrix[layer.transposed() ? i * layer.outFeatures() + output : output * inputs + i];
      }
      for (int i = 0; i < inputs; i++) {
        for (int j = 0; j < inputs; j++) {
          gram[i * inputs + j] += row[i] * row[j];
        }
      }
    }
    return gram;
  }

  /** The blocks on the diagonal, one for each head, summed over the heads that share keys and values. */
  private double[] byHead(double[] matrix) {
    int size = geometry.headSize();
    int n = geometry.channels();
    int wide = heads * size;
    int group = heads / geometry.heads();
    double[] result = new double[n * n];
    for (int head = 0; head < heads; head++) {
      int to = head / group * size;
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          result[(to + i) * n + to + j] += matrix[(head * size + i) * wide + head * size + j];
        }
      }
    }
    return result;
  }
}
