package llm265.lm.layer;

/** How the outputs of an attention's first linear layers are divided into queries, keys and values. */
public enum QkvLayout {
  /** Three layers. */
  SEPARATE,
  /** One layer: all queries, all keys, all values. */
  JOINED,
  /** One layer: query, key and value of the first head, then those of the second, as in GPT-NeoX. */
  BY_HEAD;

  /**
   * Divides.
   *
   * @param outputs of each linear layer, {@code rows x outFeatures}
   * @return queries, keys and values, each {@code rows x (heads * headSize)} with its own number of heads
   */
  float[][] divide(float[][] outputs, int rows, AttentionShape shape) {
    if (this == SEPARATE) {
      return outputs;
    }
    int size = shape.headSize();
    int[] heads = {shape.heads(), shape.kvHeads(), shape.kvHeads()};
    int total = (heads[0] + heads[1] + heads[2]) * size;
    float[][] parts = new float[heads.length][];
    for (int part = 0, before = 0; part < parts.length; before += heads[part], part++) {
      parts[part] = new float[rows * heads[part] * size];
      for (int row = 0; row < rows; row++) {
        for (int head = 0; head < heads[part]; head++) {
          int from = this == BY_HEAD ? parts.length * head + part : before + head;
          System.arraycopy(
              outputs[0], row * total + from * size, parts[part], (row * heads[part] + head) * size, size);
        }
      }
    }
    return parts;
  }
}
