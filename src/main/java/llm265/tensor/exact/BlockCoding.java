package llm265.tensor.exact;

import java.lang.foreign.MemorySegment;
import llm265.data.DataEncoder;
import llm265.dtype.TensorView;
import llm265.tensor.ElementType;
import llm265.tensor.StreamStore;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.StreamWriter;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TensorTransforms;
import llm265.tensor.format.TileCoder;
import llm265.tensor.format.TilePasses;
import llm265.tensor.format.TrellisStream;

/**
 * Codes one tensor into one stream without pictures that gives every value back bit for bit. SPEC.md, "Blocks of exact values".
 */
public final class BlockCoding implements TileCoder {
  private final TensorView tensor;
  private final TensorHeader blank;
  private final DataEncoder encoder;
  private final int width;

  /** @throws IllegalArgumentException if the tensor's values do not fill bytes */
  public BlockCoding(TensorView tensor) {
    ElementType.code(tensor.dtype());
    this.tensor = tensor;
    TensorFraming framing = TensorFraming.of(tensor.shape());
    int tiles = framing.tiles();
    blank = new TensorHeader(
        tensor.dtype(), tensor.shape(), framing, TensorTransforms.BLOCKS, 0, 0, tiles > 1 ? new int[tiles] : null);
    encoder = DataEncoder.of(tensor.dtype());
    width = tensor.dtype().bits() / 8;
  }

  /** Writes the stream and returns its size in bytes. */
  public long code(TilePasses passes, StreamStore store) {
    StreamWriter writer = new StreamWriter(store, blank);
    passes.make(blank.framing().tiles(), this, writer::add);
    return writer.finish(0);
  }

  @Override
  public CodedTile code(int tile) {
    byte[] body = encoder.encodeBlocks(values(blank.framing().tile(tile)));
    return new CodedTile(
        tile == 0 ? TrellisStream.magic() : null, SideInformation.writeExact(tile, body), new byte[][] {body},
        CodedTile.Error.NONE);
  }

  /** The values of a tile, row by row. */
  private MemorySegment values(TensorFraming.Tile tile) {
    TensorFraming framing = blank.framing();
    if (tile.columns() == framing.columns()) {
      return tensor.data().asSlice(framing.firstValue(tile, 0) * width, (long) framing.valuesIn(tile) * width);
    }
    MemorySegment values = MemorySegment.ofArray(new byte[framing.valuesIn(tile) * width]);
    long at = 0;
    for (int y = 0; y < tile.rows(); y++) {
      long bytes = (long) framing.valuesInRow(tile, y) * width;
      MemorySegment.copy(tensor.data(), framing.firstValue(tile, y) * width, values, at, bytes);
      at += bytes;
    }
    return values;
  }
}
