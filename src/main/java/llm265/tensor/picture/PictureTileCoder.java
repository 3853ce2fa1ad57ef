package llm265.tensor.picture;

import java.util.Arrays;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.analysis.SampleRange;
import llm265.tensor.format.TileInformation;
import llm265.tensor.payload.RawBits;
import llm265.tensor.reconstruct.TileLevels;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.reconstruct.ValueReconstructor;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.PreInverse;
import llm265.tensor.tools.SignPatterns;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.TensorKernels;
import llm265.tensor.values.ValueRow;

/**
 * Codes pictures full of a tensor's values and fits their reconstruction. An object is made for a method and a picture size,
 * and then used for one tensor after the other; see {@link #begin}. Used by one thread at a time.
 */
public final class PictureTileCoder {
  private static final int MAX_QP = 51;
  private static final byte[] NO_BITS = {};

  private TensorElements elements;
  private final PictureCoder coder;
  private final PictureFormat format;
  private final SampleDepth depth;
  /** Null if no sample is negated. */
  private final SignPatternSearch signs;
  /** Null if samples are not transformed. */
  private final PreInverse preInverse;
  private final Picture source;
  private final TileLevels levels;
  private final ValueRow values;
  private final float[] decoded;
  private final float[] factors;
  private final short[] row;
  private ErrorBounds bounds;
  /** Null if values are coded without factors. */
  private ChannelScales channels;
  private ValueReconstructor reconstructor;

  public PictureTileCoder(CodingMethod method, PictureFormat format) {
    this.format = format;
    depth = new SampleDepth(format.bitDepthLuma());
    coder = method.coders().create(format);
    signs = method.signPatterns() > 1 ? new SignPatternSearch(method.signPatterns(), depth) : null;
    preInverse = method.preInverse() ? new PreInverse() : null;
    source = new Picture(coder.sourceFormat());
    for (int plane = 1; plane < format.planes(); plane++) {
      source.fill(plane, 1 << (source.format().bitDepthLuma() - 1));
    }
    levels = new TileLevels(format);
    int width = format.codedWidth(0);
    values = new ValueRow(width);
    decoded = new float[width];
    factors = new float[width];
    row = new short[width];
  }

  /**
   * The bound on errors, and their weights.
   *
   * @param maxError values with a greater error are kept exactly; infinite for no bound
   * @param weights weights of the values' channels; null if all count the same
   */
  public record ErrorBounds(double maxError, ChannelWeights weights) {
    public static final ErrorBounds NONE = new ErrorBounds(Double.POSITIVE_INFINITY, null);

    public ErrorBounds withMaxError(double newMaxError) {
      return new ErrorBounds(newMaxError, weights);
    }

    public ErrorBounds with(ChannelWeights newWeights) {
      return new ErrorBounds(maxError, newWeights);
    }
  }

  /** Begins a tensor with its arrangement. */
  public void begin(Arrangement arrangement, ErrorBounds newBounds) {
    elements = arrangement.elements();
    channels = arrangement.channels();
    bounds = newBounds;
    reconstructor = new ValueReconstructor(elements.type(), channels);
  }

  /** Releases the tensor. */
  void end() {
    elements = null;
    channels = null;
    bounds = null;
    reconstructor = null;
    values.renew();
  }

  public byte[] parameterSets() {
    return coder.parameterSets();
  }

  /**
   * A coded tile.
   *
   * @param information reconstruction and outliers
   * @param signs signs of its samples; null if no sample is negated
   * @param coded slices and decoded picture
   * @param rawBits bits of the samples that are on no picture
   * @param values number of values in it
   * @param squaredError sum over its values, after rounding to the tensor's type; outliers have none
   * @param weightedSquaredError the same, weighted by channel; 0 without weights
   */
  public record Result(
      TileInformation information, SignPatterns signs, PictureCoder.Coded coded, byte[] rawBits, long values,
      double squaredError, double weightedSquaredError) {}

  /**
   * Codes one picture.
   *
   * @param qp QPY for values of the reference class
   * @param referenceClass scale class that {@code qp} applies to; macroblocks of other classes have other QPs
   * @param tile number for the side information
   */
  public Result code(TileMap map, SampleQuantizer quantizer, int qp, int referenceClass, int tile) {
    OutlierList outliers = new OutlierList(0);
    quantize(map, quantizer, outliers);
    if (preInverse != null) {
      int greatest = SampleRange.GREATEST_LEVEL << depth.fineBits();
      preInverse.inverse(
          source.samples(0), source.stride(0), format.codedHeight(0), depth.fineMiddle(), greatest);
    }
    byte[] mbQps = map.hasClasses() ? mbQps(map, qp, referenceClass) : null;
    SignPatterns patterns = signs == null ? null : signs.applyBest(source, qp, mbQps);
    byte[] rawBits = takeLowBits(map, quantizer.lowBits());
    PictureCoder.Coded coded = coder.code(source, qp, mbQps, tile);
    levels.set(coded.reconstruction(), patterns, preInverse != null);
    levels.addLowBits(map, quantizer.lowBits(), rawBits);
    TileInformation information = fit(map, quantizer.centre(), outliers, tile);
    if (bounds.maxError() < Double.POSITIVE_INFINITY) {
      information = information.with(outliersBeyondBound(map, information));
    }
    double[] errors = squaredErrors(map, information);
    return new Result(information, patterns, coded, rawBits, map.values(), errors[0], errors[1]);
  }

  /** Leaves the high bits of the samples in the picture and returns the low bits. */
  private byte[] takeLowBits(TileMap map, int lowBits) {
    if (lowBits == 0) {
      return NO_BITS;
    }
    RawBits raw = new RawBits(new byte[(int) Math.ceilDiv(map.values() * lowBits, 8L)]);
    short[] samples = source.samples(0);
    for (int y = 0; y < format.codedHeight(0); y++) {
      int at = y * source.stride(0);
      int count = y < map.rows() ? map.count(y) : 0;
      for (int x = 0; x < source.stride(0); x++) {
        if (x < count) {
          raw.write(samples[at + x], lowBits);
        }
        samples[at + x] >>= lowBits;
      }
    }
    raw.finish();
    return raw.toByteArray();
  }

  /** The distortion is the same everywhere if the step follows the scale that a class has removed. */
  private byte[] mbQps(TileMap map, int qp, int referenceClass) {
    int[] classes = map.macroblockClasses(referenceClass);
    byte[] qps = new byte[classes.length];
    for (int mb = 0; mb < qps.length; mb++) {
      qps[mb] = (byte) Math.clamp(qp + classes[mb] - referenceClass, depth.leastQp(), MAX_QP);
    }
    return qps;
  }

  private void quantize(TileMap map, SampleQuantizer quantizer, OutlierList outliers) {
    short[] samples = source.samples(0);
    int stride = source.stride(0);
    if (map.rows() < format.codedHeight(0) || map.hasClasses()) {
      Arrays.fill(samples, quantizer.middle());
    }
    for (int y = 0; y < map.rows(); y++) {
      int count = map.count(y);
      map.read(elements, y, values);
      normalize(map, y, quantizer.centre());
      int start = map.start(y);
      int[] ranks = map.columnRanks(y);
      int found;
      if (ranks == null) {
        found = quantizer.quantize(values, count, samples, start);
        Arrays.fill(samples, start + count, start + stride, quantizer.middle());
      } else {
        found = quantizer.quantize(values, count, row, 0);
        for (int x = 0; x < count; x++) {
          samples[start + ranks[x]] = row[x];
        }
      }
      for (int x = 0; found > 0 && outliers != null; x++) {
        if (quantizer.isOutlier(values.get(x))) {
          outliers.add(y * stride + x, elements.bits(map.index(y, x)));
          found--;
        }
      }
    }
  }

  /** Divides the deviations of a row's values by their factors. */
  private void normalize(TileMap map, int y, float centre) {
    if (map.hasClasses()) {
      map.factors(y, factors);
      float[] own = values.detach(map.count(y));
      for (int x = 0; x < map.count(y); x++) {
        own[x] = centre + (own[x] - centre) / factors[x];
      }
    }
  }

  /** Mean squared level of the values that are not outliers, before any transform; 0 if there are none. */
  public double meanSquaredLevel(TileMap map, SampleQuantizer quantizer) {
    OutlierList outliers = new OutlierList(0);
    quantize(map, quantizer, outliers);
    // Samples of outliers and of padding have the middle value.
    long squares = 0;
    for (short sample : source.samples(0)) {
      int level = sample - quantizer.middle();
      squares += level * level;
    }
    long count = map.values() - outliers.size();
    double unit = quantizer.unit() * quantizer.unit();
    return count == 0 ? 0 : squares / unit / count;
  }

  /**
   * How strongly samples depend on their neighbours: the greatest magnitude of their correlation with the one on the left,
   * above left, above and above right, 0 to about 1.
   */
  public double correlation(TileMap map, SampleQuantizer quantizer) {
    quantize(map, quantizer, null);
    short[] samples = source.samples(0);
    int stride = source.stride(0);
    long squares = 0;
    // Left, above left, above, above right.
    long[] products = new long[4];
    for (int y = 1; y < map.rows(); y++) {
      int count = Math.min(map.count(y), map.count(y - 1));
      for (int x = 1; x < count - 1; x++) {
        int at = y * stride + x;
        int level = samples[at] - quantizer.middle();
        squares += level * level;
        products[0] += level * (samples[at - 1] - quantizer.middle());
        for (int i = 1; i < products.length; i++) {
          products[i] += level * (samples[at - stride + i - 2] - quantizer.middle());
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
   * The straight line through the values over the decoded levels with the least squared error. It restores the amplitude that
   * the quantizer's dead zone takes away, and corrects the mean.
   */
  private TileInformation fit(TileMap map, float centre, OutlierList outliers, int tile) {
    int lanes = TensorKernels.LANES;
    double[] sums = new double[4 * lanes];
    double levelSum = 0;
    double levelSquares = 0;
    int stride = format.codedWidth(0);
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

  /** The outliers, and the values whose decoded error exceeds the bound. */
  private OutlierList outliersBeyondBound(TileMap map, TileInformation information) {
    OutlierList all = new OutlierList(information.outliers().size());
    OutlierList known = information.outliers();
    int stride = format.codedWidth(0);
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

  /** The plain error and the weighted one. */
  private double[] squaredErrors(TileMap map, TileInformation information) {
    double weighted = 0;
    double[] lanes = new double[TensorKernels.LANES];
    OutlierList outliers = information.outliers();
    int stride = format.codedWidth(0);
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
