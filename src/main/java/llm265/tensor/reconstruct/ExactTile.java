package llm265.tensor.reconstruct;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import llm265.h264.Picture;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.RawBits;
import llm265.tensor.tools.ExactPlane;
import llm265.tensor.tools.ExactValues;
import llm265.tensor.tools.RawMacroblocks;
import llm265.tensor.tools.RowPredictor;
import llm265.tensor.values.BitPatterns;
import llm265.tensor.values.ValueSink;

/**
 * A tile of a lossless stream: brings its values' bits onto a picture and into raw bits, and back. Used by one thread at a
 * time. SPEC.md, "Exact values".
 */
public final class ExactTile implements TilePicture {
  private final TensorFraming framing;
  private final int width;
  private final ExactValues values;
  private final List<ExactPlane> planes;
  private final long[] masks;
  /** Numbers of cells by symbol, or symbols by number, of each plane. */
  private final short[][] table;
  /** The bits of a pattern by number, of each plane. */
  private final long[][] spread;
  private final long[] patterns;
  private final short[] cells;
  /** Symbols of a row of each plane. */
  private final short[][] symbols;
  private final int rows;
  private final byte[] row;
  private final RowPredictor predictor;

  private ExactTile(TensorFraming framing, ExactValues values, boolean decodes) {
    this.framing = framing;
    this.values = values;
    width = values.width();
    planes = values.planes();
    masks = planes.stream().mapToLong(ExactPlane::mask).toArray();
    table = planes.stream().map(plane -> decodes ? decoding(plane) : plane.samples()).toArray(short[][]::new);
    spread = new long[decodes ? masks.length : 0][ExactCells.NONE + 1];
    for (int plane = 0; plane < spread.length; plane++) {
      for (int number = 0; number < spread[plane].length; number++) {
        spread[plane][number] = Long.expand(table[plane][number], masks[plane]);
      }
    }
    patterns = new long[framing.tileWidth()];
    cells = new short[framing.tileWidth()];
    symbols = new short[planes.size()][framing.tileWidth()];
    rows = values.rows();
    int columns = (int) Math.min(framing.tileWidth(), framing.columns());
    predictor = values.prediction() == null ? null : new RowPredictor(values.prediction(), width, columns);
    row = new byte[framing.tileWidth() * (width / 8)];
  }

  public static ExactTile forEncoding(TensorFraming framing, ExactValues values) {
    return new ExactTile(framing, values, false);
  }

  public static ExactTile forDecoding(TensorFraming framing, ExactValues values) {
    return new ExactTile(framing, values, true);
  }

  private static short[] decoding(ExactPlane plane) {
    short[] symbols = Arrays.copyOf(plane.symbolsOfSamples(), ExactCells.NONE + 1);
    symbols[ExactCells.NONE] = ExactPlane.NONE;
    return symbols;
  }

  /**
   * Fills a tile's picture.
   *
   * @param picture its luma samples are all written
   * @return the raw bits
   */
  public byte[] fill(MemorySegment data, TensorFraming.Tile tile, Picture picture) {
    return fill(data, tile, new ExactCells.Samples(picture));
  }

  /**
   * Fills a tile's levels.
   *
   * @param carried those of the macroblocks of the planes, all written
   * @return the raw bits
   */
  public byte[] fill(MemorySegment data, TensorFraming.Tile tile, short[] carried) {
    return fill(data, tile, cells(carried));
  }

  private byte[] fill(MemorySegment data, TensorFraming.Tile tile, ExactCells target) {
    target.clear();
    RawBits raw = new RawBits(new byte[(int) values.rawBytes(framing.valuesIn(tile))]);
    int rawBits = values.rawBits();
    begin(tile);
    for (int y = 0; y < tile.rows(); y++) {
      int count = framing.valuesInRow(tile, y);
      readRow(data, framing.firstValue(tile, y), count);
      put(target, tile, y, count);
      for (int x = 0; rawBits > 0 && x < count; x++) {
        raw.write(Long.compress(patterns[x], values.rawMask()), rawBits);
      }
    }
    raw.finish();
    return raw.toByteArray();
  }

  /** The plane that a macroblock belongs to. */
  public ExactPlane planeOf(int mbAddr) {
    return planes.get(mbAddr / (framing.tileWidth() / 16) / (values.planeHeight(framing) / 16));
  }

  /** Moves the symbols of some macroblocks from their levels to the end of the raw bits; returns all of these. */
  public byte[] withRaw(RawMacroblocks macroblocks, short[] carried, byte[] rawBits) {
    if (macroblocks.isEmpty()) {
      return rawBits;
    }
    RawBits raw = new RawBits(new byte[rawBits.length + rawBytes(macroblocks)]);
    for (byte some : rawBits) {
      raw.write(some, Byte.SIZE);
    }
    for (int mbAddr : macroblocks.addresses()) {
      ExactPlane plane = planeOf(mbAddr);
      short[] symbolOf = plane.symbolsOfSamples();
      for (int i = 256 * mbAddr; i < 256 * (mbAddr + 1); i++) {
        raw.write(Math.max(0, symbolOf[carried[i] + ExactPlane.sampleOfRank(0)]), plane.bits());
        carried[i] = 0;
      }
    }
    return raw.toByteArray();
  }

  private int rawBytes(RawMacroblocks macroblocks) {
    int bits = 0;
    for (int mbAddr : macroblocks.addresses()) {
      bits += planeOf(mbAddr).bits();
    }
    return bits * (256 / Byte.SIZE);
  }

  private void takeRaw(short[] levels, RawMacroblocks macroblocks, byte[] rawBits, long from) {
    if (macroblocks.isEmpty()) {
      return;
    }
    RawBits raw = new RawBits(Arrays.copyOfRange(rawBits, (int) from, rawBits.length));
    for (int mbAddr : macroblocks.addresses()) {
      ExactPlane plane = planeOf(mbAddr);
      short[] numbers = plane.samples();
      for (int i = 256 * mbAddr; i < 256 * (mbAddr + 1); i++) {
        int number = numbers[(int) raw.read(plane.bits())];
        levels[i] = number == ExactPlane.NONE ? Short.MAX_VALUE : (short) (number - ExactPlane.sampleOfRank(0));
      }
    }
  }

  private void begin(TensorFraming.Tile tile) {
    if (predictor != null) {
      predictor.begin(tile.columns());
    }
  }

  private void readRow(MemorySegment data, long first, int count) {
    BitPatterns.read(data, width, first, patterns, count);
    for (int x = 0; values.folded() && x < count; x++) {
      patterns[x] = values.fold(patterns[x]);
    }
    if (predictor != null) {
      predictor.predict(patterns, count);
    }
  }

  /** Adds the bits of a row to their symbols, and puts symbols that are complete. */
  private void put(ExactCells target, TensorFraming.Tile tile, int y, int count) {
    int part = y % rows;
    boolean isComplete = part == rows - 1 || y == tile.rows() - 1;
    for (int plane = 0; plane < masks.length; plane++) {
      short[] row = symbols[plane];
      int shift = part * Long.bitCount(masks[plane]);
      if (part == 0) {
        Arrays.fill(row, (short) 0);
      }
      for (int x = 0; x < count; x++) {
        row[x] |= (short) (Long.compress(patterns[x], masks[plane]) << shift);
      }
      if (isComplete) {
        int all = framing.valuesInRow(tile, y - part);
        for (int x = 0; x < all; x++) {
          cells[x] = table[plane][row[x]];
        }
        target.put(plane * values.planeHeight(framing) + y / rows, cells, all);
      }
    }
  }

  @Override
  public long rawBytes(TensorFraming.Tile tile, SideInformation information) {
    return values.rawBytes(framing.valuesIn(tile)) + rawBytes(information.rawMacroblocks());
  }

  /** @throws llm265.h264.MalformedStreamException if a sample or a level stands for no symbol */
  @Override
  public void decode(Coded coded, SideInformation information, byte[] rawBits, TensorFraming.Tile tile, ValueSink sink) {
    RawBits raw = new RawBits(rawBits);
    int bits = values.rawBits();
    ExactCells source = source(coded, information, rawBits, values.rawBytes(framing.valuesIn(tile)));
    begin(tile);
    for (int y = 0; y < tile.rows(); y++) {
      int count = framing.valuesInRow(tile, y);
      raw.read(patterns, count, bits);
      for (int x = 0; x < count; x++) {
        patterns[x] = values.constant() | Long.expand(patterns[x], values.rawMask());
      }
      take(source, y, count);
      for (int x = 0; values.folded() && x < count; x++) {
        patterns[x] = values.fold(patterns[x]);
      }
      if (predictor != null) {
        predictor.restore(patterns, count);
      }
      BitPatterns.write(patterns, count, width, row);
      sink.bytes(framing.firstValue(tile, y), row, count);
    }
  }

  private ExactCells source(Coded coded, SideInformation information, byte[] rawBits, long valueBytes) {
    if (!values.isCarried()) {
      return new ExactCells.Samples(coded.picture());
    }
    takeRaw(coded.levels(), information.rawMacroblocks(), rawBits, valueBytes);
    return cells(coded.levels());
  }

  private ExactCells cells(short[] carried) {
    return new ExactCells.Levels(carried, framing.tileWidth() / 16);
  }

  private void take(ExactCells source, int y, int count) {
    if (rows == 1) {
      takeAlone(source, y, count);
      return;
    }
    int part = y % rows;
    int unknown = 0;
    for (int plane = 0; plane < masks.length; plane++) {
      short[] row = symbols[plane];
      if (part == 0) {
        source.take(plane * values.planeHeight(framing) + y / rows, cells, count);
        for (int x = 0; x < count; x++) {
          row[x] = table[plane][cells[x]];
          unknown |= row[x];
        }
      }
      int shift = part * Long.bitCount(masks[plane]);
      for (int x = 0; x < count; x++) {
        patterns[x] |= Long.expand(row[x] >> shift, masks[plane]);
      }
    }
    requireKnown(unknown);
  }

  /** Takes symbols of single values. */
  private void takeAlone(ExactCells source, int y, int count) {
    int unknown = 0;
    for (int plane = 0; plane < masks.length; plane++) {
      source.take(plane * framing.tileHeight() + y, cells, count);
      short[] known = table[plane];
      long[] bits = spread[plane];
      for (int x = 0; x < count; x++) {
        unknown |= known[cells[x]];
        patterns[x] |= bits[cells[x]];
      }
    }
    requireKnown(unknown);
  }

  private static void requireKnown(int symbols) {
    if (symbols < 0) {
      throw PayloadReader.malformed("symbol", "what a picture holds stands for no symbol");
    }
  }
}
