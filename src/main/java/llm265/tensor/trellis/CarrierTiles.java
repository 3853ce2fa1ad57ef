package llm265.tensor.trellis;

import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.parallel.IdlePool;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.TensorTransforms;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.tools.CarrierFormat;

/** Tiles as pictures that carry the levels of a trellis. */
final class CarrierTiles implements TrellisPlan.Tiles {
  private static final IdlePool<PictureFormat, CarrierTileCoder> IDLE = new IdlePool<>();

  private final Arrangement arrangement;
  private final ErrorBounds bounds;
  private final CarrierPoint point;
  /** Null for none. */
  private final FeedbackFactors feedback;
  private final CarrierFormat format;
  private final PictureFormat pictures;

  CarrierTiles(
      Arrangement arrangement, ErrorBounds bounds, CarrierPoint point, FeedbackFactors feedback, int stateBits,
      ChromaFormat chroma) {
    this.arrangement = arrangement;
    this.bounds = bounds;
    this.point = point;
    this.feedback = feedback;
    int chunk = feedback == null ? CarrierMacroblocks.CHUNK : arrangement.framing().tileWidth() / 16;
    this.format = new CarrierFormat(stateBits, chunk, point.costs().lowBits(), point.recovery());
    this.pictures = arrangement.framing().pictureFormat(chroma, 8);
  }

  @Override
  public TensorTransforms transforms() {
    return TensorTransforms.ofCarried(
        arrangement.rows() != null, arrangement.columns(), arrangement.rotation(), arrangement.channels(), format);
  }

  @Override
  public CodedTile code(int number) {
    CarrierTileCoder coder = IDLE.take(pictures, () -> new CarrierTileCoder(pictures));
    CodedTile tile = coder.code(arrangement, bounds, point, format, feedback, number);
    IDLE.giveBack(pictures, coder);
    return tile;
  }
}
