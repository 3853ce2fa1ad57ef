package llm265.tensor.format;

import java.lang.foreign.MemorySegment;
import llm265.tensor.values.ValueSink;

/** Reads the tiles of streams that are coded in one way. Used by one thread at a time. */
public interface TileReader {
  /**
   * Begins a stream.
   *
   * @param parameterSets the NAL units before those of the first tile
   */
  void begin(TensorHeader header, MemorySegment parameterSets);

  /**
   * Hands over the values of a tile.
   *
   * @throws llm265.h264.StreamException if the access unit is damaged or not supported
   */
  void read(int tile, MemorySegment accessUnit, ValueSink sink);
}
