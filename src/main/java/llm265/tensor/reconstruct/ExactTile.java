package llm265.tensor.reconstruct;

import java.lang.foreign.MemorySegment;
import java.util.List;
import llm265.h264.Picture;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.RawBits;
import llm265.tensor.tools.ExactPlane;
import llm265.tensor.tools.ExactValues;
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
  /** Samples by symbol, or symbols by sample, of each plane. */
  private final short[][] table;
  private final long[] patterns;
  private final byte[] row;

  private ExactTile(TensorFraming framing, ExactValues values, boolean decodes) {
    this.framing = framing;
    this.values = values;
    width = values.width();
    planes = values.planes();
    masks = planes.stream().mapToLong(ExactPlane::mask).toArray();
    table = planes.stream().map(plane -> decodes ? plane.symbolsOfSamples() : plane.samples()).toArray(short[][]::new);
    patterns = new long[framing.tileWidth()];
    row = new byte[framing.tileWidth() * (width / 8)];
  }

  public static ExactTile forEncoding(TensorFraming framing, ExactValues values) {
    return new ExactTile(framing, values, false);
  }

  public static ExactTile forDecoding(TensorFraming framing, ExactValues values) {
    return new ExactTile(framing, values, true);
  }

  /**
   * Fills a tile's picture.
   *
   * @param picture its luma samples are all written
   * @return the raw bits
   */
  public byte[] fill(MemorySegment data, TensorFraming.Tile tile, Picture picture) {
    picture.fill(0, ExactPlane.sampleOfRank(0));
    RawBits raw = new RawBits(new byte[(int) values.rawBytes(framing.valuesIn(tile))]);
    int rawBits = values.rawBits();
    for (int y = 0; y < tile.rows(); y++) {
      int count = framing.valuesInRow(tile, y);
      readFolded(data, framing.firstValue(tile, y), count);
      setSamples(picture, y, count);
      for (int x = 0; rawBits > 0 && x < count; x++) {
        raw.write(Long.compress(patterns[x], values.rawMask()), rawBits);
      }
    }
    raw.finish();
    return raw.toByteArray();
  }

  private void readFolded(MemorySegment data, long first, int count) {
    BitPatterns.read(data, width, first, patterns, count);
    for (int x = 0; values.folded() && x < count; x++) {
      patterns[x] = values.fold(patterns[x]);
    }
  }

  private void setSamples(Picture picture, int y, int count) {
    short[] samples = picture.samples(0);
    for (int plane = 0; plane < masks.length; plane++) {
      int at = (plane * framing.tileHeight() + y) * picture.stride(0);
      for (int x = 0; x < count; x++) {
        samples[at + x] = table[plane][(int) Long.compress(patterns[x], masks[plane])];
      }
    }
  }

  @Override
  public long rawBytes(TensorFraming.Tile tile) {
    return values.rawBytes(framing.valuesIn(tile));
  }

  /** @throws llm265.h264.MalformedStreamException if a sample stands for no symbol */
  @Override
  public void decode(Coded coded, SideInformation information, byte[] rawBits, TensorFraming.Tile tile, ValueSink sink) {
    Picture picture = coded.picture();
    RawBits raw = new RawBits(rawBits);
    int bits = values.rawBits();
    for (int y = 0; y < tile.rows(); y++) {
      int count = framing.valuesInRow(tile, y);
      for (int x = 0; x < count; x++) {
        patterns[x] = values.constant() | (bits > 0 ? Long.expand(raw.read(bits), values.rawMask()) : 0);
      }
      takeSamples(picture, y, count);
      for (int x = 0; values.folded() && x < count; x++) {
        patterns[x] = values.fold(patterns[x]);
      }
      BitPatterns.write(patterns, count, width, row);
      sink.bytes(framing.firstValue(tile, y), row, count);
    }
  }

  private void takeSamples(Picture picture, int y, int count) {
    short[] samples = picture.samples(0);
    int unknown = 0;
    for (int plane = 0; plane < masks.length; plane++) {
      int at = (plane * framing.tileHeight() + y) * picture.stride(0);
      for (int x = 0; x < count; x++) {
        int symbol = table[plane][samples[at + x]];
        unknown |= symbol;
        patterns[x] |= Long.expand(symbol, masks[plane]);
      }
    }
    if (unknown < 0) {
      throw PayloadReader.malformed("symbol", "a sample stands for no symbol");
    }
  }
}
