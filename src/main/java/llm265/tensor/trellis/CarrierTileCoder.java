package llm265.tensor.trellis;

import llm265.h264.EncoderConfig;
import llm265.h264.PictureFormat;
import llm265.h264.encode.EncodedPicture;
import llm265.h264.encode.H264IntraEncoder;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.analysis.ReconstructionFit;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.RawNalUnit;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TileInformation;
import llm265.tensor.payload.RawBits;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.reconstruct.CarriedLevels;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.CarrierFormat;
import llm265.tensor.tools.DroppedLevels;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.ScaleClasses;

/** Codes tiles as pictures that carry the levels of a trellis. Used by one thread at a time. */
final class CarrierTileCoder {
  private static final byte[] NO_BITS = {};

  private final H264IntraEncoder encoder;
  private final CarrierMacroblocks macroblocks;
  private final short[] carried;
  private final CarriedLevels tileLevels;
  private final ReconstructionFit reconstruction;

  CarrierTileCoder(PictureFormat format) {
    encoder = new H264IntraEncoder(EncoderConfig.WHITE_TENSOR.withChroma(format.chroma()), format);
    macroblocks = new CarrierMacroblocks(format.codedWidth(0), format.codedHeight(0), false);
    carried = new short[macroblocks.levels().length];
    tileLevels = new CarriedLevels(macroblocks.steps());
    reconstruction = new ReconstructionFit(format.codedWidth(0));
  }

  /**
   * Codes a tile of a tensor as it is arranged.
   *
   * @param feedback null for none
   */
  CodedTile code(
      Arrangement arrangement, ErrorBounds bounds, CarrierPoint point, CarrierFormat format, FeedbackFactors feedback,
      int number) {
    TensorFraming framing = arrangement.framing();
    TensorFraming.Tile place = framing.tile(number);
    ScaleClasses rows = arrangement.rows(place);
    TileMap map = TileMap.of(framing, place, rows, arrangement.columns());
    float centre = arrangement.range().centre();
    OutlierList outliers = macroblocks.read(arrangement, map, point.bounds(), point.costs());
    double unit = point.step() * point.gain();
    TileFeedback ofTile =
        feedback == null ? null : new TileFeedback(feedback.factor(place, map), map, outliers, centre, unit);
    macroblocks.search(centre, point, format.trellis(), format.chunkMacroblocks(), ofTile);
    System.arraycopy(macroblocks.levels(), 0, carried, 0, carried.length);
    EncodedPicture picture = encoder.encodeLevels(carried, format.recovery(), number);
    byte[] rawBits = rawBits(map, format.lowBits());
    reconstruction.begin(arrangement.elements(), arrangement.channels(), bounds);
    // The squared error of the values would not be the one that counts.
    TileInformation fitted = ofTile != null ? new TileInformation(number, centre, (float) (unit * ofTile.gain()), outliers)
        : reconstruction.fit(tileLevels, map, centre, outliers, number);
    TileInformation information = reconstruction.bounded(tileLevels, map, fitted);
    double[] errors = reconstruction.squaredErrors(tileLevels, map, information, arrangement.unrotated(number));
    reconstruction.end();
    ElementType type = ElementType.of(arrangement.elements().type());
    SideInformation.TileParts parts =
        new SideInformation.TileParts(null, rows, DroppedLevels.of(macroblocks.levels(), carried));
    return new CodedTile(
        number == 0 ? encoder.parameterSets() : null,
        SideInformation.write(information, parts, type, framing, macroblocks.levels(), rawBits),
        new byte[][] {picture.slices(), RawNalUnit.of(rawBits)},
        new CodedTile.Error(
            errors[0], ofTile == null ? errors[1] : ofTile.squaredError(), information.outliers().size()));
  }

  /** The low bits of the tile's values, row by row. */
  private byte[] rawBits(TileMap map, int most) {
    if (most == 0) {
      return NO_BITS;
    }
    RawBits raw = new RawBits(new byte[(int) Math.ceilDiv(map.values() * most, 8L)]);
    short[] low = macroblocks.low();
    byte[] lowBits = macroblocks.lowBits();
    for (int y = 0; y < map.rows(); y++) {
      int first = CarriedLevels.firstOfRow(map, y);
      int[] ranks = map.columnRanks(y);
      for (int x = 0; x < map.count(y); x++) {
        int at = CarriedLevels.place(first, ranks == null ? x : ranks[x]);
        raw.write(low[at], lowBits[at]);
      }
    }
    raw.finish();
    return raw.toByteArray();
  }
}
