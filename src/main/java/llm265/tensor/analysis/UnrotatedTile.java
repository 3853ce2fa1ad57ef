package llm265.tensor.analysis;

import llm265.dtype.DType;
import llm265.tensor.TensorFraming;
import llm265.tensor.reconstruct.DequantizedTile;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.Rotation;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.TensorKernels;
import llm265.tensor.values.ValueRow;

/**
 * The values of a tile before its columns were rotated. A rotation leaves squared errors as they are; rounding to the tensor's
 * type, which follows it, does not. So the errors of narrow types are measured here.
 *
 * @param elements the tensor's own
 */
public record UnrotatedTile(TensorElements elements, TileMap map, Rotation rotation) {
  /** A tile of a tensor; null where errors are the same behind the rotation. */
  public static UnrotatedTile of(TensorElements elements, TensorFraming framing, int number, Rotation rotation) {
    DType type = elements.type();
    return type != DType.F16 && type != DType.BF16 ? null
        : new UnrotatedTile(elements, TileMap.of(framing, framing.tile(number), null, null), rotation);
  }

  /**
   * The sums of squared errors, plain and weighted, after rounding to the tensor's type.
   *
   * @param rows decoded values of the rotated tile; changed
   * @param width distance of rows that lie below each other, there and by the outliers' positions
   */
  double[] squaredErrors(float[] rows, int width, OutlierList outliers, ErrorBounds bounds) {
    DequantizedTile.unrotate(rotation, rows, width, map.count(0), outliers, width);
    double weighted = 0;
    double[] lanes = new double[TensorKernels.LANES];
    ValueRow values = new ValueRow(width);
    for (int y = 0; y < map.rows(); y++) {
      int count = map.count(y);
      map.read(elements, y, values);
      TensorElements.round(elements.type(), rows, y * width, count);
      TensorKernels.ACTIVE.squaredError(values.array(), values.offset(), rows, y * width, count, lanes);
      for (int x = 0; bounds.weights() != null && x < count; x++) {
        double error = (double) values.get(x) - rows[y * width + x];
        weighted += bounds.weights().of(map.index(y, x)) * error * error;
      }
    }
    return new double[] {TensorKernels.total(lanes, 0), weighted};
  }
}
