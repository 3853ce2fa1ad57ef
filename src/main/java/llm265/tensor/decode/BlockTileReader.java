package llm265.tensor.decode;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.data.DataDecoder;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TileReader;
import llm265.tensor.values.ValueSink;

/** Reads tiles whose values are kept bit for bit in blocks. SPEC.md, "Blocks of exact values". */
final class BlockTileReader implements TileReader {
  private final DataDecoder decoder = DataDecoder.create();
  private final BodyReader body = new BodyReader();
  private TensorHeader header;
  private byte[] values = new byte[0];

  @Override
  public void begin(TensorHeader streamHeader, MemorySegment magic) {
    header = streamHeader;
  }

  @Override
  public void read(int tile, MemorySegment tileUnit, ValueSink sink) {
    body.read(header, tile, tileUnit);
    TensorFraming framing = header.framing();
    TensorFraming.Tile place = framing.tile(tile);
    int width = header.dtype().bits() / 8;
    int count = framing.valuesIn(place);
    if (values.length < count * width) {
      values = new byte[count * width];
    }
    MemorySegment blocks = MemorySegment.ofArray(body.bytes()).asSlice(body.from(), body.to() - body.from());
    decoder.decodeBlocks(blocks, MemorySegment.ofArray(values).asSlice(0, (long) count * width));
    if (place.columns() == framing.columns()) {
      sink.bytes(framing.firstValue(place, 0), values, count);
      return;
    }
    int at = 0;
    for (int y = 0; y < place.rows(); y++) {
      int inRow = framing.valuesInRow(place, y);
      sink.bytes(framing.firstValue(place, y), Arrays.copyOfRange(values, at, at + inRow * width), inRow);
      at += inRow * width;
    }
  }
}
