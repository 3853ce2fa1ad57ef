package llm265.tensor.trellis;

import java.util.Arrays;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.analysis.ReconstructionFit;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TileInformation;
import llm265.tensor.format.TrellisStream;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.reconstruct.LawMap;
import llm265.tensor.reconstruct.LevelRows;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueRow;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.Laws;

/**
 * Codes tiles without pictures: chunk by chunk, then fits their reconstruction. Made for a size of tiles, and then for one tensor
 * after the other. Used by one thread at a time.
 */
final class TrellisTileCoder {
  private static final int LANES = 16;
  private static final byte[] NOTHING = {};

  private final ChunkEncoder encoder;
  private final ReconstructionFit reconstruction;
  private final ValueRow row;
  private final float[] values;
  private final float[] levels;
  private byte[] chunks = NOTHING;

  /**
   * @param width of tiles
   * @param height of tiles
   * @param chunkSteps steps of 16 values in a chunk
   */
  TrellisTileCoder(int width, int height, int chunkSteps) {
    encoder = new ChunkEncoder(chunkSteps);
    reconstruction = new ReconstructionFit(width);
    row = new ValueRow(width);
    values = new float[width * height];
    levels = new float[width * height];
  }

  /**
   * Codes a tile of a tensor as it is arranged.
   *
   * @param feedback null for none
   */
  CodedTile code(
      Arrangement arrangement, ErrorBounds bounds, TrellisPoint point, Laws laws, FeedbackFactors feedback, int number) {
    TensorFraming framing = arrangement.framing();
    TensorFraming.Tile place = framing.tile(number);
    ScaleClasses rows = arrangement.rows(place);
    TileMap map = TileMap.of(framing, place, null, null);
    byte[] classes = LawMap.classes(
        map, rows, arrangement.columns(), (int) place.firstColumn(), point.format().classes().size());
    OutlierList outliers = read(arrangement, map, place.columns(), framing.tileWidth(), point.bound());
    int count = framing.valuesIn(place);
    float centre = arrangement.range().centre();
    RowFeedback ofTile = feedback == null ? null : new RowFeedback(
        feedback.factor(place, map), values, isExact(outliers, place, framing.tileWidth()), place.rows(), place.columns(), centre,
        point);
    byte[] body = codeChunks(centre, point, laws, classes, count, ofTile);
    reconstruction.begin(arrangement.elements(), arrangement.channels(), bounds);
    LevelRows tileLevels = new TileLevels(levels, place.columns());
    // What errors have been made up for depends on the reconstruction, which is no longer free.
    TileInformation fitted = ofTile == null ? reconstruction.fit(tileLevels, map, centre, outliers, number)
        : new TileInformation(number, centre, (float) (point.step() * point.gain()), outliers);
    TileInformation information = reconstruction.bounded(tileLevels, map, fitted);
    double[] errors = reconstruction.squaredErrors(tileLevels, map, information, arrangement.unrotated(number));
    reconstruction.end();
    row.renew();
    body = information.step() == 0 ? NOTHING : body;
    ElementType type = ElementType.of(arrangement.elements().type());
    return new CodedTile(
        number == 0 ? TrellisStream.magic() : null,
        SideInformation.write(information, rows, type, framing, body),
        new byte[][] {body},
        new CodedTile.Error(
            errors[0], ofTile == null ? errors[1] : ofTile.squaredError(), information.outliers().size()));
  }

  /** Levels of rows that lie one behind the other. */
  private record TileLevels(float[] levels, int columns) implements LevelRows {
    @Override
    public float[] row(TileMap map, int y) {
      return levels;
    }

    @Override
    public int offset(TileMap map, int y) {
      return y * columns;
    }
  }

  /** Reads a tile's values; those that are kept exactly have the centre's place. */
  private OutlierList read(Arrangement arrangement, TileMap map, int columns, int width, double bound) {
    TensorElements elements = arrangement.elements();
    float centre = arrangement.range().centre();
    OutlierList outliers = new OutlierList(0);
    int at = 0;
    for (int y = 0; y < map.rows(); y++) {
      map.read(elements, y, row);
      int count = map.count(y);
      System.arraycopy(row.array(), row.offset(), values, at, count);
      float greatest = 0;
      for (int i = at; i < at + count; i++) {
        greatest = Math.max(greatest, Math.abs(values[i] - centre));
      }
      for (int x = 0; x < count && !(greatest <= bound); x++) {
        if (!(Math.abs(values[at + x] - centre) <= bound)) {
          outliers.add(y * width + x, elements.bits(map.index(y, x)));
          values[at + x] = centre;
        }
      }
      at += count;
    }
    Arrays.fill(values, at, Math.min(values.length, at + LANES), centre);
    return outliers;
  }

  private static boolean[] isExact(OutlierList outliers, TensorFraming.Tile place, int width) {
    boolean[] isExact = new boolean[place.rows() * place.columns()];
    for (int i = 0; i < outliers.size(); i++) {
      isExact[outliers.position(i) / width * place.columns() + outliers.position(i) % width] = true;
    }
    return isExact;
  }

  /** The sizes of chunks, then the chunks. */
  private byte[] codeChunks(float centre, TrellisPoint point, Laws laws, byte[] classes, int count, RowFeedback feedback) {
    int chunkValues = point.format().chunkSteps() * LANES;
    ChunkEncoder.Quantizer quantizer = new ChunkEncoder.Quantizer(centre, (float) point.step(), point.lambda());
    PayloadWriter sizes = new PayloadWriter();
    int end = 0;
    for (int from = 0; from < count; from += chunkValues) {
      int steps = Math.ceilDiv(Math.min(chunkValues, count - from), LANES);
      byte[] own = LawMap.part(classes, from, steps * LANES);
      if (feedback == null) {
        encoder.search(values, from, steps, quantizer, point.format().trellis(), laws, own);
        encoder.levels(levels, from);
      } else {
        feedback.search(encoder, values, levels, from, steps, quantizer, point.format().trellis(), laws, own);
      }
      if (chunks.length < end + encoder.mostBytes()) {
        chunks = Arrays.copyOf(chunks, end + Math.max(end, encoder.mostBytes()));
      }
      int begin = end;
      end = encoder.write(laws, chunks, begin);
      sizes.varint(end - begin);
    }
    sizes.bytes(chunks, 0, end);
    return sizes.toByteArray();
  }
}
