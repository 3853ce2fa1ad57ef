package llm265.lm.layer;

import java.util.List;

/** Sees, and may change, what goes through a model. Called by the thread that runs the model, in the order of the layers. */
public interface LayerObserver {
  /** Sees nothing. */
  LayerObserver NONE = new LayerObserver() { };

  /**
   * The input of linear layers, before it is multiplied.
   *
   * @param layers those that share the input, such as the projections to queries, keys and values; never empty
   * @param x {@code rows x columns} floats from index 0 on; what is changed is changed for these layers only
   */
  default void inputs(List<LinearLayer> layers, float[] x, int rows, int columns) { }

  /**
   * The state between blocks.
   *
   * @param boundary number of blocks that it has gone through: 0 for embeddings, the number of layers for the state before the
   *     final norm
   * @param state {@code rows x columns} floats from index 0 on; what is changed goes on
   */
  default void state(int boundary, float[] state, int rows, int columns) { }

  /**
   * The queries of a layer, after its keys and values went to the cache, and before they meet.
   *
   * @param layer its number
   * @param first position of the first query
   * @param queries {@code rows x (heads * head size)} floats, after their rotary embedding; not to be changed
   */
  default void queries(int layer, AttentionShape shape, int first, int rows, float[] queries) { }
}
