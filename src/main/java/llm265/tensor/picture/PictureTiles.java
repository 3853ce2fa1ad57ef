package llm265.tensor.picture;

import java.util.function.Function;
import llm265.h264.PictureFormat;
import llm265.parallel.IdlePool;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.RawNalUnit;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TileCoder;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.DroppedLevels;
import llm265.tensor.tools.ScaleClasses;

/** Codes tiles as pictures whose samples stand for values. */
public final class PictureTiles implements TileCoder {
  private static final IdlePool<Key, PictureTileCoder> IDLE = new IdlePool<>();

  private final Arrangement arrangement;
  private final CodingMethod method;
  private final ErrorBounds bounds;
  private final SampleQuantizer quantizer;
  private final int qp;

  /** Work areas with equal keys can replace each other. */
  private record Key(CodingMethod method, PictureFormat format) {}

  /**
   * @param quantizer quantizer of the arrangement's values
   * @param qp QPY for values of the reference class
   */
  public PictureTiles(
      Arrangement arrangement, CodingMethod method, ErrorBounds bounds, SampleQuantizer quantizer, int qp) {
    this.arrangement = arrangement;
    this.method = method;
    this.bounds = bounds;
    this.quantizer = quantizer;
    this.qp = qp;
  }

  /** Runs some work for an arranged tensor with a work area for pictures of a given size. */
  public static <R> R with(
      Arrangement arrangement, CodingMethod method, ErrorBounds bounds, PictureFormat format,
      Function<PictureTileCoder, R> work) {
    Key key = new Key(method, format);
    PictureTileCoder coder = IDLE.take(key, () -> new PictureTileCoder(method, format));
    coder.begin(arrangement, bounds);
    R result = work.apply(coder);
    coder.end();
    IDLE.giveBack(key, coder);
    return result;
  }

  @Override
  public CodedTile code(int number) {
    PictureFormat format =
        arrangement.framing().pictureFormat(method.coders().chroma(), method.coders().bitDepth());
    return with(arrangement, method, bounds, format, coder -> code(coder, number));
  }

  private CodedTile code(PictureTileCoder coder, int number) {
    TensorFraming framing = arrangement.framing();
    TensorFraming.Tile place = framing.tile(number);
    ScaleClasses rows = arrangement.rows(place);
    TileMap map = TileMap.of(framing, place, rows, arrangement.columns());
    PictureTileCoder.Result tile = coder.code(
        map, quantizer, qp, arrangement.referenceClass(), number, arrangement.unrotated(number));
    ElementType type = ElementType.of(arrangement.elements().type());
    byte[] sections = SideInformation.write(
        tile.information(), new SideInformation.TileParts(tile.signs(), rows, DroppedLevels.NONE), type, framing,
        tile.coded().reconstruction(), tile.rawBits());
    return new CodedTile(
        number == 0 ? coder.parameterSets() : null,
        sections,
        new byte[][] {tile.coded().slices(), RawNalUnit.of(tile.rawBits())},
        new CodedTile.Error(tile.squaredError(), tile.weightedSquaredError(), tile.information().outliers().size()));
  }
}
