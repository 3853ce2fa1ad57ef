package llm265.tensor.reconstruct;

import java.util.Arrays;
import llm265.tensor.TensorFraming;
import llm265.tensor.carrier.CarrierKernels;
import llm265.tensor.carrier.CarrierOrder;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.payload.RawBits;
import llm265.tensor.tools.CarrierFormat;
import llm265.tensor.values.ValueSink;
import llm265.trinity.Trellis;

/** A tile whose picture carries levels of a trellis. Used by one thread at a time. SPEC.md, "Carried levels". */
public final class CarriedTile implements TilePicture {
  private final TensorHeader header;
  private final CarrierFormat format;
  private final Trellis trellis;
  private final TileValues values;
  private final short[] low;
  private final float[] steps;
  private final int[] ordered = new int[CarrierKernels.ORDERED];
  private final int[] states = new int[CarrierKernels.LANES];
  private final int mbWidth;
  private final CarriedLevels rows;

  public CarriedTile(TensorHeader header) {
    this.header = header;
    format = header.transforms().carried();
    trellis = format.trellis();
    values = new TileValues(header);
    TensorFraming framing = header.framing();
    int samples = framing.tileWidth() * framing.tileHeight();
    low = new short[format.lowBits() == 0 ? 0 : samples];
    steps = new float[samples];
    mbWidth = framing.tileWidth() / 16;
    rows = new CarriedLevels(steps);
  }

  @Override
  public long rawBytes(TensorFraming.Tile tile) {
    return Math.ceilDiv((long) header.framing().valuesIn(tile) * format.lowBits(), 8L);
  }

  @Override
  public void decode(Coded coded, SideInformation information, byte[] rawBits, TensorFraming.Tile tile, ValueSink sink) {
    TileMap map = TileMap.of(header.framing(), tile, information.rowClasses(), header.transforms().columnClasses());
    short[] levels = coded.levels();
    information.dropped().restore(levels);
    readLow(map, rawBits);
    int macroblocks = steps.length / 256;
    for (int mbAddr = 0; mbAddr < macroblocks; mbAddr++) {
      if (mbAddr % format.chunkMacroblocks() == 0) {
        Arrays.fill(states, 0);
      }
      CarrierOrder.fromPlaces(levels, 256 * mbAddr, ordered);
      CarrierKernels.ACTIVE.join(
          ordered, low, 256 * mbAddr, format.lowBits(), trellis, states, steps, CarriedLevels.first(mbAddr, mbWidth),
          16 * mbWidth);
    }
    values.handOver(rows, map, information.tile(), tile, sink);
  }

  private void readLow(TileMap map, byte[] rawBits) {
    int bits = format.lowBits();
    if (bits == 0) {
      return;
    }
    // Padding has no low bits of its own: with these, a level of 0 moves no lane but as 0 does.
    Arrays.fill(low, (short) (1 << (bits - 1)));
    RawBits raw = new RawBits(rawBits);
    for (int y = 0; y < map.rows(); y++) {
      int first = CarriedLevels.firstOfRow(map, y);
      int[] ranks = map.columnRanks(y);
      for (int x = 0; x < map.count(y); x++) {
        int at = ranks == null ? x : ranks[x];
        low[first + 256 * (at >> 4) + (at & 15)] = (short) raw.read(bits);
      }
    }
  }
}
