package llm265.baseline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;

/**
 * Writes each row of a layer in blocks. The last block of a row is filled with zeros if it is short, and all its bytes count;
 * most tools refuse such rows. Calibrated if it has an importance matrix, which is the mean square of each input.
 */
final class BlockQuantizer implements WeightQuantizer {
  private final String name;
  private final String settings;
  private final int layerBits;
  private final Function<Layer, BlockFormat> format;
  private final boolean isCalibrated;
  private final Workers workers;

  /**
   * @param layerBits bits for each layer beside its blocks
   * @param format the format for a layer; a {@link SearchedFormat} if there is an importance matrix
   */
  BlockQuantizer(
      String name,
      String settings,
      int layerBits,
      Function<Layer, BlockFormat> format,
      boolean isCalibrated,
      Workers workers) {
    this.name = name;
    this.settings = settings;
    this.layerBits = layerBits;
    this.format = format;
    this.isCalibrated = isCalibrated;
    this.workers = workers;
  }

  BlockQuantizer(String name, String settings, BlockFormat format, Workers workers) {
    this(name, settings, 0, layer -> format, false, workers);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isCalibrated() {
    return isCalibrated;
  }

  @Override
  public String settings() {
    return settings;
  }

  @Override
  public List<QuantizedLayer> quantize(LinearGroup group) {
    InputMoments moments = isCalibrated ? group.requireMoments("an importance matrix") : null;
    List<QuantizedLayer> results = new ArrayList<>();
    for (Layer layer : group.layers()) {
      BlockFormat blocks = format.apply(layer);
      double[][] importance = importance(moments, blocks.blockSize());
      float[] decoded = new float[layer.weights().length];
      RowChunks.forEach(workers, layer.out(), (first, end) -> {
        for (int row = first; row < end; row++) {
          quantizeRow(blocks, layer.weights(), row * layer.in(), layer.in(), importance, decoded);
        }
      });
      long inRow = (layer.in() + blocks.blockSize() - 1) / blocks.blockSize();
      results.add(new QuantizedLayer(decoded, layer.out() * inRow * blocks.blockBytes() * 8 + layerBits));
    }
    return results;
  }

  /** Mean squares of inputs by blocks, or null. Filling does not matter. */
  private static double[][] importance(InputMoments moments, int size) {
    if (moments == null) {
      return null;
    }
    int n = moments.size();
    double[][] importance = new double[(n + size - 1) / size][size];
    for (int i = 0; i < n; i++) {
      importance[i / size][i % size] = moments.second()[i * n + i];
    }
    return importance;
  }

  private static void quantizeRow(
      BlockFormat blocks, float[] weights, int from, int in, double[][] importance, float[] decoded) {
    int size = blocks.blockSize();
    int whole = in / size * size;
    for (int i = 0; i < whole; i += size) {
      quantize(blocks, weights, from + i, importance, i / size, decoded);
    }
    if (whole < in) {
      float[] padded = Arrays.copyOf(Arrays.copyOfRange(weights, from + whole, from + in), size);
      float[] result = new float[size];
      quantize(blocks, padded, 0, importance, whole / size, result);
      System.arraycopy(result, 0, decoded, from + whole, in - whole);
    }
  }

  private static void quantize(
      BlockFormat blocks, float[] values, int from, double[][] importance, int block, float[] decoded) {
    if (importance == null) {
      blocks.quantize(values, from, decoded);
    } else {
      ((SearchedFormat) blocks).quantize(values, from, importance[block], decoded);
    }
  }
}
