package llm265.tensor.trellis;

import llm265.parallel.IdlePool;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.TensorTransforms;
import llm265.tensor.picture.Arrangement;
import llm265.trinity.Laws;

/** Tiles without pictures. */
final class TrellisTiles implements TrellisPlan.Tiles {
  private static final IdlePool<Key, TrellisTileCoder> IDLE = new IdlePool<>();

  private final Arrangement arrangement;
  private final ErrorBounds bounds;
  private final TrellisPoint point;
  private final FeedbackFactors feedback;
  private final Laws laws;

  /** What a work area depends on. */
  private record Key(int width, int height, int chunkSteps) {}

  /** @param feedback null for none */
  TrellisTiles(Arrangement arrangement, ErrorBounds bounds, TrellisPoint point, FeedbackFactors feedback) {
    this.arrangement = arrangement;
    this.bounds = bounds;
    this.point = point;
    this.feedback = feedback;
    this.laws = point.format().laws();
  }

  @Override
  public TensorTransforms transforms() {
    return TensorTransforms.ofTrellis(
        arrangement.rows() != null, arrangement.columns(), arrangement.rotation(), arrangement.channels(), point.format());
  }

  @Override
  public CodedTile code(int number) {
    TensorFraming framing = arrangement.framing();
    Key key = new Key(framing.tileWidth(), framing.tileHeight(), point.format().chunkSteps());
    TrellisTileCoder coder = IDLE.take(key, () -> new TrellisTileCoder(key.width, key.height, key.chunkSteps));
    CodedTile tile = coder.code(arrangement, bounds, point, laws, feedback, number);
    IDLE.giveBack(key, coder);
    return tile;
  }
}
