package llm265.tensor.analysis;

import llm265.tensor.format.TileInformation;
import llm265.tensor.reconstruct.LevelRows;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.reconstruct.ValueReconstructor;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.TensorKernels;
import llm265.tensor.values.ValueRow;

/**
 * Compares the levels of a tile with its values: the reconstruction that fits best, the values that it leaves too far off, and
 * the errors that remain. The same however levels are coded. Used by one thread at a time.
 */
public final class ReconstructionFit {
  private final int width;
  private final ValueRow values;
  private final float[] decoded;
  private TensorElements elements;
  private ChannelScales channels;
  private ErrorBounds bounds;
  private ValueReconstructor reconstructor;

  /** @param width of tiles */
  public ReconstructionFit(int width) {
    this.width = width;
    values = new ValueRow(width);
    decoded = new float[width];
  }

  /**
   * Turns to a tensor.
   *
   * @param newChannels factors that its values are multiplied by; null for none
   */
  public void begin(TensorElements newElements, ChannelScales newChannels, ErrorBounds newBounds) {
    elements = newElements;
    channels = newChannels;
    bounds = newBounds;
    reconstructor = new ValueReconstructor(elements.type(), channels);
  }

  /** Releases the tensor. */
  public void end() {
    elements = null;
    channels = null;
    bounds = null;
    reconstructor = null;
    values.renew();
  }

  /**
   * The straight line through the values over the decoded levels with the least squared error. It restores the amplitude that
   * the quantizer's dead zone takes away, and corrects the mean.
   */
  public TileInformation fit(LevelRows levels, TileMap map, float centre, OutlierList outliers, int tile) {
    int lanes = TensorKernels.LANES;
    double[] sums = new double[4 * lanes];
    double levelSum = 0;
    double levelSquares = 0;
    int stride = width;
    int next = 0;
    for (int y = 0; y < map.rows(); y++) {
      int start = y * stride;
      map.read(elements, y, values);
      float[] rowLevels = levels.row(map, y);
      int offset = levels.offset(map, y);
      for (; next < outliers.size() && outliers.position(next) < start + stride; next++) {
        // With a deviation of 0 an outlier adds nothing to the deviations' sums; its level is removed here.
        int x = outliers.position(next) - start;
        double level = rowLevels[offset + x];
        values.detach(map.count(y))[x] = centre;
        levelSum -= level;
        levelSquares -= level * level;
      }
      TensorKernels.ACTIVE.regression(values.array(), values.offset(), map.count(y), centre, rowLevels, offset, sums);
    }
    double deviations = TensorKernels.total(sums, 0);
    double products = TensorKernels.total(sums, lanes);
    levelSum += TensorKernels.total(sums, 2 * lanes);
    levelSquares += TensorKernels.total(sums, 3 * lanes);
    double n = map.values() - outliers.size();
    double spread = n * levelSquares - levelSum * levelSum;
    float step = spread > 0 ? (float) ((n * products - deviations * levelSum) / spread) : 0;
    float offset = n > 0 ? (float) (centre + (deviations - (double) step * levelSum) / n) : 0;
    return new TileInformation(tile, offset, step, outliers);
  }

  /** The same tile, whose outliers are also the values that are decoded with a greater error than is allowed. */
  public TileInformation bounded(LevelRows levels, TileMap map, TileInformation information) {
    return bounds.maxError() < Double.POSITIVE_INFINITY
        ? information.with(outliersBeyondBound(levels, map, information)) : information;
  }

  private OutlierList outliersBeyondBound(LevelRows levels, TileMap map, TileInformation information) {
    OutlierList all = new OutlierList(information.outliers().size());
    OutlierList known = information.outliers();
    int stride = width;
    int next = 0;
    for (int y = 0; y < map.rows(); y++) {
      map.read(elements, y, values);
      reconstructor.row(levels, map, y, information, decoded, 0);
      for (int x = 0; x < map.count(y); x++) {
        int position = y * stride + x;
        boolean isKnown = next < known.size() && known.position(next) == position;
        next += isKnown ? 1 : 0;
        // The difference of two floats of unlike size is rounded in a double, too, but by far less than a float's own steps.
        if (isKnown || Math.abs(elements.exact(map.index(y, x), values.get(x)) - decoded[x]) > bounds.maxError()) {
          all.add(position, elements.bits(map.index(y, x)));
        }
      }
    }
    return all;
  }

  /**
   * The sums of squared errors, plain and weighted, after rounding to the tensor's type; outliers have none.
   *
   * @param original the whole tile's values before they were rotated; null where errors do not change behind a rotation
   */
  public double[] squaredErrors(LevelRows levels, TileMap map, TileInformation information, UnrotatedTile original) {
    if (original == null) {
      return squaredErrors(levels, map, information);
    }
    float[] rows = new float[map.rows() * width];
    for (int y = 0; y < map.rows(); y++) {
      reconstructor.row(levels, map, y, information, rows, y * width);
    }
    return original.squaredErrors(rows, width, information.outliers(), bounds);
  }

  private double[] squaredErrors(LevelRows levels, TileMap map, TileInformation information) {
    double weighted = 0;
    double[] lanes = new double[TensorKernels.LANES];
    OutlierList outliers = information.outliers();
    int stride = width;
    int next = 0;
    for (int y = 0; y < map.rows(); y++) {
      int start = y * stride;
      int count = map.count(y);
      map.read(elements, y, values);
      if (channels != null) {
        ValueReconstructor.unscale(channels, map, y, values.detach(count), 0);
      }
      reconstructor.row(levels, map, y, information, decoded, 0);
      for (; next < outliers.size() && outliers.position(next) < start + stride; next++) {
        int x = outliers.position(next) - start;
        values.detach(count)[x] = 0;
        decoded[x] = 0;
      }
      TensorKernels.ACTIVE.squaredError(values.array(), values.offset(), decoded, 0, count, lanes);
      for (int x = 0; bounds.weights() != null && x < count; x++) {
        double error = (double) values.get(x) - decoded[x];
        weighted += bounds.weights().of(map.index(y, x)) * error * error;
      }
    }
    return new double[] {TensorKernels.total(lanes, 0), weighted};
  }
}
