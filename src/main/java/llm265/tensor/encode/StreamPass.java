package llm265.tensor.encode;

import llm265.tensor.StreamStore;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.StreamWriter;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TensorTransforms;
import llm265.tensor.format.TileCoder;
import llm265.tensor.format.TilePasses;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.picture.CodingMethod;

/** One pass over the tiles of a tensor: writes the whole stream, and sums up what became of the values. */
final class StreamPass {
  private final SourceTensor source;
  private final StreamWriter writer;
  private double squaredError;
  private double weightedSquaredError;
  private long outliers;

  /**
   * Begins a stream of pictures, in place of what is in the store.
   *
   * @param lowBits of each value, that stand beside the picture
   */
  StreamPass(SourceTensor source, Arrangement arrangement, CodingMethod method, int lowBits, StreamStore store) {
    this(source, arrangement, new TensorTransforms(
        method.preInverse(), arrangement.rows() != null, arrangement.columns(), arrangement.rotation(), arrangement.channels(),
        null, method.coders().bitDepth(), lowBits, null, false, null), store);
  }

  /** Begins a stream, in place of what is in the store. */
  StreamPass(SourceTensor source, Arrangement arrangement, TensorTransforms transforms, StreamStore store) {
    this.source = source;
    TensorFraming framing = arrangement.framing();
    this.writer = new StreamWriter(store, new TensorHeader(
        source.elements().type(), source.shape(), arrangement.header(), transforms, (float) source.deviation(), 0,
        framing.tiles() > 1 ? new int[framing.tiles()] : null));
    this.squaredError = source.readingError();
  }

  /** Codes so many tiles, and ends the stream. */
  CodingResult code(int tiles, TileCoder coder, TilePasses passes) {
    passes.make(tiles, coder, this::add);
    long bytes = writer.finish((float) source.rootMeanSquare(squaredError));
    return source.result(bytes, squaredError, outliers, weightedSquaredError);
  }

  private void add(int number, CodedTile tile) {
    writer.add(number, tile);
    squaredError += tile.error().squared();
    weightedSquaredError += tile.error().weighted();
    outliers += tile.error().outliers();
  }
}
