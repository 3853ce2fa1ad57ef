package llm265.baseline.kv;

/**
 * Sizes of a cache of keys and values.
 *
 * @param layers number of layers
 * @param heads number of heads of keys and values
 * @param headSize number of elements of a head
 */
public record KvShape(int layers, int heads, int headSize) {
  public KvShape {
    if (layers < 1 || heads < 1 || headSize < 1) {
      throw new IllegalArgumentException(layers + " layers, " + heads + " heads of " + headSize + " elements");
    }
  }

  /** Number of elements of a token's keys in a layer. */
  public int width() {
    return heads * headSize;
  }
}
