package llm265.baseline;

import java.util.ArrayList;
import java.util.List;
import llm265.parallel.Workers;

/** Rounds each weight to the nearest value of its group's grid. Nothing is calibrated. */
record RoundToNearest(String name, GroupFormat format, Workers workers) implements WeightQuantizer {
  @Override
  public boolean isCalibrated() {
    return false;
  }

  @Override
  public String settings() {
    return "round to nearest, " + format.describe();
  }

  @Override
  public List<QuantizedLayer> quantize(LinearGroup group) {
    List<QuantizedLayer> results = new ArrayList<>();
    for (Layer layer : group.layers()) {
      float[] rounded = new float[layer.weights().length];
      RowChunks.forEach(workers, layer.out(), (first, end) -> {
        Grid grid = new Grid();
        for (int row = first; row < end; row++) {
          format.roundRow(layer.weights(), row * layer.in(), layer.in(), rounded, grid);
        }
      });
      results.add(new QuantizedLayer(rounded, format.bits(layer.out(), layer.in())));
    }
    return results;
  }
}
