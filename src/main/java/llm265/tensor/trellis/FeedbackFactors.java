package llm265.tensor.trellis;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import llm265.tensor.TensorFraming;
import llm265.tensor.feedback.DampedMoments;
import llm265.tensor.feedback.FeedbackFactor;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.reconstruct.TileMap;

/**
 * What the rows of a plane, which are the inputs of a layer, hand on to those below. Tiles below each other hand nothing on. The
 * factors of one arrangement are made when they are first wanted. Thread-safe.
 */
final class FeedbackFactors {
  private final DampedMoments moments;
  private final Arrangement arrangement;
  /** By the first row of tiles. */
  private final Map<Long, FeedbackFactor> factors = new HashMap<>();

  FeedbackFactors(DampedMoments moments, Arrangement arrangement) {
    this.moments = moments;
    this.arrangement = arrangement;
  }

  /** The factor of the inputs of a tile, in the order in which its rows are coded. */
  synchronized FeedbackFactor factor(TensorFraming.Tile tile, TileMap map) {
    return factors.computeIfAbsent(tile.firstRow(), first -> {
      int[] order = new int[map.height()];
      float[] scales = new float[map.height()];
      Arrays.fill(order, -1);
      for (int y = 0; y < map.rows(); y++) {
        int row = map.start(y) / map.width();
        order[row] = (int) (first + y);
        scales[row] = arrangement.channels() == null ? 1 : arrangement.channels().factor(map.index(y, 0));
      }
      return FeedbackFactor.of(moments, order, scales);
    });
  }
}
