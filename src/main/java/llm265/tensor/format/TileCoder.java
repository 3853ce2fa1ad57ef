package llm265.tensor.format;

/** Codes the tiles of a tensor in one way. Thread-safe, since tiles are coded side by side. */
@FunctionalInterface
public interface TileCoder {
  CodedTile code(int tile);
}
