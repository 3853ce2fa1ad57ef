package llm265.tensor.format;

import llm265.parallel.Workers;

/**
 * Makes passes over the tiles of a tensor: has each tile coded, here or elsewhere, and hands them over in order. A search for a
 * target makes one pass after the other. What it asks for depends on the tensor, the settings and the passes before, so whoever
 * has the tiles of some passes can go on from there.
 */
@FunctionalInterface
public interface TilePasses {
  /**
   * Makes the next pass.
   *
   * @param tiles number of tiles
   * @param coder codes a tile; thread-safe
   * @param results receives the tiles in order, never two at a time
   */
  void make(int tiles, TileCoder coder, Workers.Consumer<CodedTile> results);

  /** Passes in this process. */
  static TilePasses by(Workers workers) {
    return (tiles, coder, results) -> workers.forEachInOrder(tiles, coder::code, results);
  }
}
