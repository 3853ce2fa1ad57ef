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

  /** Codes a tile of a tensor as it is arranged. */
  CodedTile code(Arrangement arrangement, ErrorBounds bounds, TrellisPoint point, Laws laws, int number) {
    TensorFraming framing = arrangement.framing();
    TensorFraming.Tile place = framing.tile(number);
    ScaleClasses rows = arrangement.rows(place);
    TileMap map = TileMap.of(framing, place, null, null);
    byte[] classes = LawMap.classes(
        map, rows, arrangement.columns(), (int) place.firstColumn(), point.format().classes().size());
    OutlierList outliers = read(arrangement, map, place.columns(), framing.tileWidth(), point.bound());
    int count = framing.valuesIn(place);
    byte[] body = codeChunks(arrangement.range().centre(), point, laws, classes, count);
    reconstruction.begin(arrangement.elements(), arrangement.channels(), bounds);
    LevelRows tileLevels = new TileLevels(levels, place.columns());
    TileInformation information = reconstruction.bounded(
        tileLevels, map, reconstruction.fit(tileLevels, map, arrangement.range().centre(), outliers, number));
    double[] errors = reconstruction.squaredErrors(tileLevels, map, information);
    reconstruction.end();
    row.renew();
    body = information.step() == 0 ? NOTHING : body;
    ElementType type = ElementType.of(arrangement.elements().type());
    return new CodedTile(
        number == 0 ? TrellisStream.magic() : null,
        SideInformation.write(information, rows, type, framing, body),
        new byte[][] {body},
        new CodedTile.Error(errors[0], errors[1], information.outliers().size()));
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

  /** The sizes of chunks, then the chunks. */
  private byte[] codeChunks(float centre, TrellisPoint point, Laws laws, byte[] classes, int count) {
    int chunkValues = point.format().chunkSteps() * LANES;
    ChunkEncoder.Quantizer quantizer = new ChunkEncoder.Quantizer(centre, (float) point.step(), point.lambda());
    PayloadWriter sizes = new PayloadWriter();
    int end = 0;
    for (int from = 0; from < count; from += chunkValues) {
      int steps = Math.ceilDiv(Math.min(chunkValues, count - from), LANES);
      encoder.search(
          values, from, steps, quantizer, point.format().trellis(), laws,
          LawMap.part(classes, from, steps * LANES));
      encoder.levels(levels, from);
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
