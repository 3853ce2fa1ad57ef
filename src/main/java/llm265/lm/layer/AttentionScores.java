package llm265.lm.layer;

import java.util.Arrays;
import llm265.lm.math.Activation;
import llm265.lm.math.MatrixKernels;
import llm265.lm.math.PackedMatrix;

/**
 * Attention of the queries to one head of keys and values: {@code softmax(Q K^T scale) V}, in strips of queries, so that the
 * scores of a strip stay in the cache. What later tokens than the last of a strip have is not computed.
 */
final class AttentionScores {
  private static final int PANEL = PackedMatrix.PANEL;
  /** Number of queries of a strip. */
  private static final int STRIP = 48;

  private final AttentionShape shape;
  private final int first;
  private final int rows;
  private final int count;
  private final float[] packedKeys;
  private final float[] values;
  private final float[] scores;
  private final int stride;

  /**
   * @param first position of the first query
   * @param rows number of queries
   * @param count number of keys
   * @param keys {@code count x headSize}
   * @param values likewise
   */
  AttentionScores(AttentionShape shape, int first, int rows, int count, float[] keys, float[] values) {
    this.shape = shape;
    this.first = first;
    this.rows = rows;
    this.count = count;
    this.values = values;
    stride = (count + PANEL - 1) / PANEL * PANEL;
    packedKeys = packed(keys, count, shape.headSize(), stride);
    scores = new float[Math.min(rows, STRIP) * stride];
  }

  /** Panels of 64 keys, with the elements of the same index side by side. */
  private static float[] packed(float[] keys, int count, int size, int stride) {
    float[] packed = new float[stride * size];
    for (int key = 0; key < count; key++) {
      int at = key / PANEL * PANEL * size + key % PANEL;
      for (int i = 0; i < size; i++) {
        packed[at + i * PANEL] = keys[key * size + i];
      }
    }
    return packed;
  }

  /**
   * Computes one head of queries.
   *
   * @param queries {@code rows x (heads * headSize)}
   * @param result likewise; receives the head's part
   */
  void apply(int head, float[] queries, float[] result) {
    for (int row = 0; row < rows; row += STRIP) {
      applyStrip(head, row, Math.min(STRIP, rows - row), queries, result);
    }
  }

  private void applyStrip(int head, int row, int strip, float[] queries, float[] result) {
    int size = shape.headSize();
    int width = shape.heads() * size;
    int at = row * width + head * size;
    int begin = begin(row) / PANEL * PANEL;
    int end = end(row + strip - 1);
    for (int key = begin; key < end; key += PANEL) {
      MatrixKernels.ACTIVE.multiply(
          queries, at, width, strip, size, packedKeys, key * size, PANEL, PANEL, scores, key - begin, stride);
    }
    for (int i = 0; i < strip; i++) {
      int from = i * stride;
      int own = begin(row + i) - begin;
      int ownEnd = end(row + i) - begin;
      Arrays.fill(scores, from, from + own, 0);
      scale(from + own, ownEnd - own);
      MatrixKernels.ACTIVE.softmax(scores, from + own, ownEnd - own);
      Arrays.fill(scores, from + ownEnd, from + end - begin, 0);
    }
    MatrixKernels.ACTIVE.multiply(
        scores, 0, stride, strip, end - begin, values, begin * size, size, size, result, at, width);
  }

  /** The first key that a query sees. */
  private int begin(int row) {
    return shape.window() == 0 ? 0 : Math.max(0, first + row + 1 - shape.window());
  }

  /** The key after the last that a query sees. */
  private int end(int row) {
    return shape.causal() ? first + row + 1 : count;
  }

  private void scale(int from, int n) {
    float scale = shape.scale();
    for (int i = from; i < from + n; i++) {
      scores[i] *= scale;
    }
    if (shape.cap() > 0) {
      float cap = shape.cap();
      for (int i = from; i < from + n; i++) {
        scores[i] /= cap;
      }
      Activation.TANH.apply(scores, from, n);
      for (int i = from; i < from + n; i++) {
        scores[i] *= cap;
      }
    }
  }
}
