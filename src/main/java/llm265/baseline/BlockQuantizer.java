package llm265.baseline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import llm265.parallel.Workers;

/**
 * Writes each row of a layer in blocks. The last block of a row is filled with zeros if it is short, and all its bytes count;
 * most tools refuse such rows. Nothing is calibrated.
 */
final class BlockQuantizer implements WeightQuantizer {
  private final String name;
  private final String settings;
  private final int layerBits;
  private final Function<Layer, BlockFormat> format;
  private final Workers workers;

  /**
   * @param layerBits bits for each layer beside its blocks
   * @param format the format for a layer
   */
  BlockQuantizer(String name, String settings, int layerBits, Function<Layer, BlockFormat> format, Workers workers) {
    this.name = name;
    this.settings = settings;
    this.layerBits = layerBits;
    this.format = format;
    this.workers = workers;
  }

  BlockQuantizer(String name, String settings, BlockFormat format, Workers workers) {
    this(name, settings, 0, layer -> format, workers);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isCalibrated() {
    return false;
  }

  @Override
  public String settings() {
    return settings;
  }

  @Override
  public List<QuantizedLayer> quantize(LinearGroup group) {
    List<QuantizedLayer> results = new ArrayList<>();
    for (Layer layer : group.layers()) {
      BlockFormat blocks = format.apply(layer);
      float[] decoded = new float[layer.weights().length];
      RowChunks.forEach(workers, layer.out(), (first, end) -> {
        for (int row = first; row < end; row++) {
          quantizeRow(blocks, layer.weights(), row * layer.in(), layer.in(), decoded);
        }
      });
      long inRow = (layer.in() + blocks.blockSize() - 1) / blocks.blockSize();
      results.add(new QuantizedLayer(decoded, layer.out() * inRow * blocks.blockBytes() * 8 + layerBits));
    }
    return results;
  }

  private static void quantizeRow(BlockFormat blocks, float[] weights, int from, int in, float[] decoded) {
    int size = blocks.blockSize();
    int whole = in / size * size;
    for (int i = 0; i < whole; i += size) {
      blocks.quantize(weights, from + i, decoded);
    }
    if (whole < in) {
      float[] padded = Arrays.copyOf(Arrays.copyOfRange(weights, from + whole, from + in), size);
      float[] result = new float[size];
      blocks.quantize(padded, 0, result);
      System.arraycopy(result, 0, decoded, from + whole, in - whole);
    }
  }
}
