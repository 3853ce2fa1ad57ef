package llm265.lm.layer;

/**
 * Keys and values of the tokens so far, for every layer. All attention reads them from here, also that among the tokens of one
 * pass, so an implementation that loses something shows in every figure.
 *
 * <p>A pass appends to each layer at {@link #length} and reads back with its own rows included; at the end it advances.
 */
public interface KvCache {
  /** Number of tokens that finished passes left. */
  int length();

  /**
   * Whether keys are to be handed over after their rotary embedding. If not, they are rotated each time they are read. It makes
   * no difference to models without rotary embedding.
   */
  default boolean storesRotatedKeys() {
    return true;
  }

  /**
   * Takes a layer's keys and values of tokens {@code length()} to {@code length() + rows - 1}.
   *
   * @param keys {@code rows x (heads * head size)}, the heads of a token one after the other
   * @param values likewise
   */
  void append(int layer, int rows, float[] keys, float[] values);

  /**
   * Gives the keys and values of the first {@code count} tokens of a head. May be called by several threads at once.
   *
   * @param head a head of keys and values, of which there may be fewer than of queries
   * @param keys receives {@code count x head size} floats
   * @param values likewise
   */
  void read(int layer, int head, int count, float[] keys, float[] values);

  /** Ends a pass that all layers have appended {@code rows} tokens in. */
  void advance(int rows);
}
