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
  private final byte[] lowBits;
  private final short[] low;
  private final int[] classes;
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
    lowBits = new byte[samples];
    low = new short[samples];
    classes = new int[framing.tileWidth()];
    steps = new float[samples];
    mbWidth = framing.tileWidth() / 16;
    rows = new CarriedLevels(steps);
  }

  @Override
  public long rawBytes(TensorFraming.Tile tile, SideInformation information) {
    long bits = 0;
    TileMap map = map(tile, information);
    if (!map.hasClasses()) {
      bits = map.values() * format.lowBits();
    } else if (format.lowBits() > 0) {
      for (int y = 0; y < map.rows(); y++) {
        map.scaleClasses(y, classes);
        for (int x = 0; x < map.count(y); x++) {
          bits += CarrierFormat.lowBits(format.lowBits(), classes[x]);
        }
      }
    }
    return Math.ceilDiv(bits, 8L);
  }

  private TileMap map(TensorFraming.Tile tile, SideInformation information) {
    return TileMap.of(header.framing(), tile, information.rowClasses(), header.transforms().columnClasses());
  }

  @Override
  public void decode(Coded coded, SideInformation information, byte[] rawBits, TensorFraming.Tile tile, ValueSink sink) {
    TileMap map = map(tile, information);
    short[] levels = coded.levels();
    readLow(map, rawBits);
    int macroblocks = steps.length / 256;
    for (int mbAddr = 0; mbAddr < macroblocks; mbAddr++) {
      if (mbAddr % format.chunkMacroblocks() == 0) {
        Arrays.fill(states, 0);
      }
      CarrierOrder.fromPlaces(levels, 256 * mbAddr, ordered);
      CarrierKernels.ACTIVE.join(
          ordered, lowBits, low, 256 * mbAddr, trellis, states, steps, CarriedLevels.first(mbAddr, mbWidth), 16 * mbWidth);
    }
    values.handOver(rows, map, information.tile(), tile, sink);
  }

  private void readLow(TileMap map, byte[] rawBits) {
    int most = format.lowBits();
    if (most == 0) {
      return;
    }
    // Padding has none.
    Arrays.fill(lowBits, (byte) 0);
    RawBits raw = new RawBits(rawBits);
    for (int y = 0; y < map.rows(); y++) {
      int first = CarriedLevels.firstOfRow(map, y);
      int[] ranks = map.columnRanks(y);
      if (map.hasClasses()) {
        map.scaleClasses(y, classes);
      }
      for (int x = 0; x < map.count(y); x++) {
        int at = CarriedLevels.place(first, ranks == null ? x : ranks[x]);
        int bits = map.hasClasses() ? CarrierFormat.lowBits(most, classes[x]) : most;
        lowBits[at] = (byte) bits;
        low[at] = (short) raw.read(bits);
      }
    }
  }
}
