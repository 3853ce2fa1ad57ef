package llm265.tensor;

import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.model.DType;

/** Codes pictures full of a tensor's values and fits their reconstruction. Used by one thread at a time. */
final class TileCoder {
  private final TensorElements elements;
  private final PictureCoder coder;
  private final PictureFormat format;
  /** Null where samples keep their signs. */
  private final SignPatternSearch signs;
  private final Picture source;
  private final float[] values;
  private final float[] decoded;

  TileCoder(TensorElements elements, PictureFormat format, PictureCoder.Factory coders, TensorTools tools) {
    this.elements = elements;
    this.format = format;
    coder = coders.create(format);
    signs = tools.signPatterns() > 1 ? new SignPatternSearch(tools.signPatterns()) : null;
    source = new Picture(format);
    for (int plane = 1; plane < format.planes(); plane++) {
      source.fill(plane, SampleQuantizer.MIDDLE);
    }
    values = new float[format.codedWidth(0)];
    decoded = new float[format.codedWidth(0)];
  }

  byte[] parameterSets() {
    return coder.parameterSets();
  }

  /**
   * A coded tile.
   *
   * @param information reconstruction and outliers
   * @param signs signs of its samples; null where they are as the values have them
   * @param coded slices and decoded picture
   * @param values number of values in it
   * @param squaredError sum over its values, after rounding to the tensor's type; outliers have none
   */
  record Result(
      TileInformation information, SignPatterns signs, PictureCoder.Coded coded, long values, double squaredError) {}

  /**
   * Codes one picture.
   *
   * @param tile number for the side information
   */
  Result code(RowMap rows, SampleQuantizer quantizer, int qp, int tile) {
    OutlierList outliers = new OutlierList(0);
    long count = quantize(rows, quantizer, outliers);
    SignPatterns patterns = signs == null ? null : signs.applyBest(source, qp);
    PictureCoder.Coded coded = coder.code(source, qp, tile);
    Picture reconstruction = coded.reconstruction();
    short[] samples = patterns == null ? reconstruction.samples(0) : patterns.undo(reconstruction);
    TileInformation information = fit(rows, samples, quantizer.centre(), count, outliers, tile);
    double squaredError = squaredError(rows, samples, information);
    return new Result(information, patterns, coded, count, squaredError);
  }

  private long quantize(RowMap rows, SampleQuantizer quantizer, OutlierList outliers) {
    long count = 0;
    for (int y = 0; y < format.codedHeight(0); y++) {
      quantizer.quantize(elements, rows.first(y), rows.count(y), values, source, y, outliers);
      count += rows.count(y);
    }
    return count;
  }

  /**
   * How much samples have to do with their neighbours: the greatest magnitude of their correlation with the one on the
   * left, above left, above and above right, 0 to about 1.
   */
  double correlation(RowMap rows, SampleQuantizer quantizer) {
    quantize(rows, quantizer, null);
    short[] samples = source.samples(0);
    int stride = source.stride(0);
    long squares = 0;
    // Left, above left, above, above right.
    long[] products = new long[4];
    for (int y = 1; y < format.codedHeight(0); y++) {
      int count = Math.min(rows.count(y), rows.count(y - 1));
      for (int x = 1; x < count - 1; x++) {
        int at = y * stride + x;
        int level = samples[at] - SampleQuantizer.MIDDLE;
        squares += level * level;
        products[0] += level * (samples[at - 1] - SampleQuantizer.MIDDLE);
        for (int i = 1; i < products.length; i++) {
          products[i] += level * (samples[at - stride + i - 2] - SampleQuantizer.MIDDLE);
        }
      }
    }
    long greatest = 0;
    for (long product : products) {
      greatest = Math.max(greatest, Math.abs(product));
    }
    return squares == 0 ? 0 : (double) greatest / squares;
  }

  /**
   * The straight line through the values over the decoded levels that has the least squared error: it takes back what
   * the quantizer's dead zone takes from the amplitude, and corrects the mean.
   */
  private TileInformation fit(
      RowMap rows, short[] samples, float centre, long count, OutlierList outliers, int tile) {
    double[] lanes = new double[2 * TensorKernels.LANES];
    long[] levelSums = new long[2];
    int stride = format.codedWidth(0);
    int next = 0;
    for (int y = 0; y < format.codedHeight(0); y++) {
      int start = y * stride;
      elements.read(rows.first(y), values, 0, rows.count(y));
      for (; next < outliers.size() && outliers.position(next) < start + stride; next++) {
        // A deviation of 0 keeps an outlier out of the deviations' sums; its level is taken out here.
        int level = samples[outliers.position(next)] - SampleQuantizer.MIDDLE;
        values[outliers.position(next) - start] = centre;
        levelSums[0] -= level;
        levelSums[1] -= (long) level * level;
      }
      TensorKernels.ACTIVE.regression(values, 0, rows.count(y), centre, samples, start, lanes, levelSums);
    }
    double deviations = TensorKernels.total(lanes, 0);
    double products = TensorKernels.total(lanes, TensorKernels.LANES);
    double n = count - outliers.size();
    double spread = n * levelSums[1] - (double) levelSums[0] * levelSums[0];
    float step = spread > 0 ? (float) ((n * products - deviations * levelSums[0]) / spread) : 0;
    float offset = n > 0 ? (float) (centre + (deviations - (double) step * levelSums[0]) / n) : 0;
    return new TileInformation(tile, offset, step, outliers);
  }

  private double squaredError(RowMap rows, short[] samples, TileInformation information) {
    double[] lanes = new double[TensorKernels.LANES];
    OutlierList outliers = information.outliers();
    DType type = elements.type();
    int stride = format.codedWidth(0);
    int next = 0;
    for (int y = 0; y < format.codedHeight(0); y++) {
      int start = y * stride;
      int count = rows.count(y);
      elements.read(rows.first(y), values, 0, count);
      TensorKernels.ACTIVE.dequantize(
          samples, start, count, information.offset(), information.step(), decoded, 0);
      TensorElements.round(type, decoded, 0, count);
      for (; next < outliers.size() && outliers.position(next) < start + stride; next++) {
        int x = outliers.position(next) - start;
        values[x] = 0;
        decoded[x] = 0;
      }
      TensorKernels.ACTIVE.squaredError(values, 0, decoded, 0, count, lanes);
    }
    return TensorKernels.total(lanes, 0);
  }
}
