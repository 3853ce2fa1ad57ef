package llm265.tensor.decode;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TileInformation;
import llm265.tensor.format.TileReader;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.reconstruct.DequantizedTile;
import llm265.tensor.reconstruct.LawMap;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.TrellisFormat;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.ValueSink;
import llm265.trinity.ChunkDecoder;
import llm265.trinity.ChunkKernels;
import llm265.trinity.Laws;
import llm265.trinity.Trellis;

/** Reads tiles without pictures: decodes their chunks, some at a time, and hands over their values. */
final class TrellisTileReader implements TileReader {
  private static final int LANES = ChunkKernels.LANES;

  private final ChunkDecoder decoder = new ChunkDecoder();
  private TensorHeader header;
  private TrellisFormat format;
  private Trellis trellis;
  private Laws laws;
  private final BodyReader body = new BodyReader();
  private float[] values = new float[0];

  @Override
  public void begin(TensorHeader streamHeader, MemorySegment magic) {
    if (header != streamHeader) {
      header = streamHeader;
      format = header.transforms().trellis();
      trellis = format.trellis();
      laws = format.laws();
    }
  }

  @Override
  public void read(int tile, MemorySegment tileUnit, ValueSink sink) {
    SideInformation information = body.read(header, tile, tileUnit);
    TensorFraming.Tile place = header.framing().tile(tile);
    int count = header.framing().valuesIn(place);
    int[] bounds = bounds(information.tile(), count);
    TileMap map = TileMap.of(header.framing(), place, null, null);
    byte[] classes = LawMap.classes(
        map, information.rowClasses(), header.transforms().columnClasses(), (int) place.firstColumn(), format.classes().size());
    boolean isWhole = header.transforms().rotation() != null || header.transforms().channels() != null || map.isTransposed();
    if (isWhole) {
      decode(information.tile(), bounds, count, classes, null);
      new DequantizedTile(header, values, place.columns())
          .finish(map, information.tile().outliers(), place.columns(), sink);
    } else {
      decode(information.tile(), bounds, count, classes, new RowWriter(place, map, sink));
      DequantizedTile.replaceExact(map, header.framing().tileWidth(), information.tile().outliers(), sink);
    }
  }

  private int chunkValues() {
    return format.chunkSteps() * LANES;
  }

  /** Where each chunk begins, and where the last ends; null where all values are the same. */
  private int[] bounds(TileInformation tile, int count) {
    int to = body.to();
    PayloadReader in = new PayloadReader(body.bytes(), body.from(), to);
    if (tile.step() == 0 || count == 0) {
      in.requireEnd("chunks of a tile of step 0");
      return null;
    }
    int[] bounds = new int[Math.ceilDiv(count, chunkValues()) + 1];
    for (int i = 1; i < bounds.length; i++) {
      bounds[i] = in.varint("chunk_bytes", to);
    }
    bounds[0] = in.position();
    for (int i = 1; i < bounds.length; i++) {
      bounds[i] += bounds[i - 1];
      if (bounds[i] > to) {
        throw PayloadReader.malformed("chunk_bytes", "chunk " + (i - 1) + " ends behind its tile");
      }
    }
    if (bounds[bounds.length - 1] != to) {
      throw PayloadReader.malformed("chunk_bytes", "the last chunk ends before its tile");
    }
    return bounds;
  }

  /**
   * Decodes a tile's chunks.
   *
   * @param writer receives values as they are decoded; null to have all of them in {@link #values}
   */
  private void decode(TileInformation tile, int[] bounds, int count, byte[] classes, RowWriter writer) {
    int atATime = chunkValues() * ChunkDecoder.MOST_CHUNKS;
    int room = writer != null ? Math.min(atATime, count + LANES) : count + LANES;
    if (values.length < room) {
      values = new float[room];
    }
    if (bounds == null) {
      fill(tile.offset(), count, room, writer);
      return;
    }
    ChunkDecoder.Dequantizer dequantizer = new ChunkDecoder.Dequantizer(tile.step(), tile.offset());
    int chunks = bounds.length - 1;
    for (int first = 0; first < chunks;) {
      int begin = first * chunkValues();
      if (writer != null && !writer.isWanted(begin, count)) {
        first++;
        continue;
      }
      int whole = (count - begin) / chunkValues();
      int number = number(begin, count, whole, writer);
      int steps = whole == 0 ? Math.ceilDiv(count - begin, LANES) : format.chunkSteps();
      int at = writer == null ? begin : 0;
      byte[] ofChunks = LawMap.part(classes, begin, number * steps * LANES);
      decoder.decode(body.bytes(), bounds, first, number, steps, trellis, laws, ofChunks, dequantizer, values, at);
      if (writer != null) {
        writer.write(begin, Math.min(number * steps * LANES, count - begin));
      }
      first += number;
    }
  }

  /** Chunks to decode at a time: whole ones, all of them wanted, or the one that ends the tile. */
  private int number(int begin, int count, int whole, RowWriter writer) {
    int number = 1;
    while (number < Math.min(whole, ChunkDecoder.MOST_CHUNKS)
        && (writer == null || writer.isWanted(begin + number * chunkValues(), count))) {
      number++;
    }
    return number;
  }

  private void fill(float value, int count, int room, RowWriter writer) {
    Arrays.fill(values, 0, room, value);
    for (int begin = 0; writer != null && begin < count; begin += room) {
      writer.write(begin, Math.min(room, count - begin));
    }
  }

  /** Hands over values of a tile in their order, from the beginning of {@link #values} on. */
  private final class RowWriter {
    private final TensorFraming.Tile place;
    private final TileMap map;
    private final ValueSink sink;
    private final boolean isContiguous;

    RowWriter(TensorFraming.Tile place, TileMap map, ValueSink sink) {
      this.place = place;
      this.map = map;
      this.sink = sink;
      this.isContiguous = place.columns() == header.framing().columns();
    }

    /** Whether any value of the chunk from {@code begin} on, of a tile of {@code count} values, is wanted. */
    boolean isWanted(int begin, int count) {
      long first = index(begin);
      return sink.wants(first, index(Math.min(count, begin + chunkValues()) - 1) - first + 1);
    }

    private long index(int at) {
      return map.index(at / place.columns(), at % place.columns());
    }

    void write(int begin, int count) {
      TensorElements.round(header.dtype(), values, 0, count);
      if (isContiguous) {
        sink.row(map.index(0, 0) + begin, values, 0, count);
        return;
      }
      for (int at = 0; at < count;) {
        int y = (begin + at) / place.columns();
        int x = (begin + at) % place.columns();
        int length = Math.min(place.columns() - x, count - at);
        sink.row(map.index(y, x), values, at, length);
        at += length;
      }
    }
  }
}
