package llm265.lm.layer;

import llm265.lm.math.Strips;
import llm265.parallel.Workers;

/** Attention of one layer, from the normalized state to what is added to the state. Keys and values go through the cache. */
public final class Attention {
  private final int layer;
  private final AttentionShape shape;
  private final LinearGroup input;
  private final QkvLayout layout;
  private final Norm queryNorm;
  private final Norm keyNorm;
  private final RotaryEmbedding rotary;
  private final LinearGroup output;

  /**
   * @param layer its number, for the cache
   * @param queryNorm of each head of queries; null for none
   * @param keyNorm of each head of keys; null for none
   * @param rotary null for none
   */
  public Attention(
      int layer, AttentionShape shape, LinearGroup input, QkvLayout layout, Norm queryNorm, Norm keyNorm,
      RotaryEmbedding rotary, LinearGroup output) {
    this.layer = layer;
    this.shape = shape;
    this.input = input;
    this.layout = layout;
    this.queryNorm = queryNorm;
    this.keyNorm = keyNorm;
    this.rotary = rotary;
    this.output = output;
  }

  /**
   * Computes {@code rows x columns} of the state's size.
   *
   * @param own whether nobody else needs {@code x}
   */
  float[] apply(Pass pass, float[] x, boolean own) {
    int rows = pass.rows();
    float[][] qkv = layout.divide(input.apply(pass, x, own), rows, shape);
    if (queryNorm != null) {
      queryNorm.apply(qkv[0], rows * shape.heads(), qkv[0], pass.workers());
      keyNorm.apply(qkv[1], rows * shape.kvHeads(), qkv[1], pass.workers());
    }
    if (rotary != null) {
      rotary.apply(qkv[0], rows, shape.heads(), shape.headSize(), pass.first());
      if (pass.cache().storesRotatedKeys()) {
        rotary.apply(qkv[1], rows, shape.kvHeads(), shape.headSize(), pass.first());
      }
    }
    pass.cache().append(layer, rows, qkv[1], qkv[2]);
    pass.observer().queries(layer, shape, pass.first(), rows, qkv[0]);
    return output.apply(pass, attend(pass, qkv[0]), true)[0];
  }

  private float[] attend(Pass pass, float[] queries) {
    float[] result = new float[queries.length];
    int group = shape.heads() / shape.kvHeads();
    int count = pass.first() + pass.rows();
    long operations = 2L * group * pass.rows() * count * shape.headSize();
    Workers workers = pass.workers();
    Strips.forEach(workers, shape.kvHeads(), operations, (from, to) -> {
      float[] keys = new float[count * shape.headSize()];
      float[] values = new float[count * shape.headSize()];
      for (int kvHead = from; kvHead < to; kvHead++) {
        pass.cache().read(layer, kvHead, count, keys, values);
        if (rotary != null && !pass.cache().storesRotatedKeys()) {
          rotary.apply(keys, count, 1, shape.headSize(), 0);
        }
        AttentionScores scores = new AttentionScores(shape, pass.first(), pass.rows(), count, keys, values);
        for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
          scores.apply(head, queries, result);
        }
      }
    });
    return result;
  }
}
