package llm265.tensor.encode;

import llm265.h264.PictureFormat;
import llm265.rate.QuantizerPoint;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.picture.CodingMethod;
import llm265.tensor.picture.PictureTileCoder;
import llm265.tensor.picture.SampleQuantizer;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.NotFiniteRuns;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.ScaleClasses;

/** Macroblocks spread over an arranged tensor; coded with a method, they give an estimate for the whole. */
final class TensorExcerpt {
  /** The cost of a slice before its contexts have learnt; an excerpt is a slice of its own. */
  private static final double SLICE_START_BITS = 600;

  /** The same for a slice whose macroblocks have their own quantizer steps, which cost more. */
  private static final double SCALES_START_BITS = 900;

  /** Start codes, NAL unit headers, UUID, tile section and slice header of a tile. */
  private static final double TILE_BYTES = 52;

  /** Approximate number of bits of an outlier's position and gap code. */
  private static final double OUTLIER_POSITION_BITS = 12;

  private final Arrangement arrangement;
  private final CodingMethod method;
  private final TileMap map;

  private TensorExcerpt(Arrangement arrangement, CodingMethod method, TileMap map) {
    this.arrangement = arrangement;
    this.method = method;
    this.map = map;
  }

  /** An excerpt of about the given number of values. */
  static TensorExcerpt of(Arrangement arrangement, CodingMethod method, int values) {
    return new TensorExcerpt(arrangement, method, map(arrangement, values, method.coders().usesNeighbours()));
  }

  /**
   * Macroblocks of about the given number of values.
   *
   * @param neighbours whether values depend on those above them
   */
  static TileMap map(Arrangement arrangement, int values, boolean neighbours) {
    TensorFraming framing = arrangement.framing();
    return arrangement.rotation() != null
        ? PickedColumns.of(framing, (int) (values / framing.rows()), arrangement.rows(), arrangement.columns())
        : new ExcerptRows(framing, values, arrangement.rows(), arrangement.columns()).map(neighbours);
  }

  /** The same for values that lie below each other, in the tensor's own order. */
  static TensorExcerpt ofNeighbours(Arrangement arrangement, CodingMethod method, int values) {
    return new TensorExcerpt(arrangement, method, new ExcerptRows(arrangement.framing(), values, null, null).map(true));
  }

  TileMap map() {
    return map;
  }

  PictureFormat pictureFormat() {
    return PictureFormat.of8Bit(map.width(), map.height(), method.coders().chroma()).withBitDepth(method.coders().bitDepth());
  }

  /**
   * Estimates for the whole tensor.
   *
   * @param bytes size of the stream
   * @param squaredError sum over all finite values
   * @param outliers number of values kept exactly
   */
  record Estimate(double bytes, double squaredError, long outliers) {}

  /** Codes the excerpt with a coder of its format. */
  Estimate code(PictureTileCoder coder, int qp, double levelDeviation) {
    SampleQuantizer quantizer = arrangement.quantizer(method, qp, levelDeviation);
    PictureTileCoder.Result tile = coder.code(map, quantizer, qp, arrangement.referenceClass(), 0, null);
    double bits = 8.0 * (tile.coded().slices().length + tile.rawBits().length) - sliceStartBits();
    bits += tile.signs() == null ? 0 : tile.signs().bits();
    int outliers = tile.information().outliers().size();
    bits += exactBits(tile.information().outliers());
    ExcerptCorrection correction = new ExcerptCorrection(
        new QuantizerPoint(qp, levelDeviation), coder.meanSquaredLevel(map, quantizer), map.classShares(),
        ScaleClasses.shares(arrangement.rows(), arrangement.columns()), arrangement.referenceClass());
    bits += tile.values() * correction.bits();
    TensorFraming framing = arrangement.framing();
    double whole = (double) framing.values() / Math.max(1, tile.values());
    double bytes = bits / 8 * whole + framing.tiles() * (sliceStartBits() / 8 + TILE_BYTES) + arrangement.byteSize();
    double squaredError = tile.squaredError() * whole * correction.error();
    return new Estimate(bytes, squaredError, (long) (outliers * whole));
  }

  private double exactBits(OutlierList outliers) {
    ElementType type = ElementType.of(arrangement.elements().type());
    NotFiniteRuns.Split exact = NotFiniteRuns.split(outliers, type, map.width(), map.width());
    PayloadWriter runs = new PayloadWriter();
    if (exact.runs() != null) {
      exact.runs().write(runs, type);
    }
    return 8.0 * runs.length() + exact.list().size() * (arrangement.elements().outlierBits() + OUTLIER_POSITION_BITS);
  }

  private double sliceStartBits() {
    return arrangement.hasScaleClasses() ? SLICE_START_BITS + SCALES_START_BITS : SLICE_START_BITS;
  }
}
