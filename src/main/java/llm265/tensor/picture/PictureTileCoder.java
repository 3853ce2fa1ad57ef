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
 * Codes pictures full of a tensor's values and fits their reconstruction. Made for a method and a size of pictures, and then for
 * one tensor after the other: {@link #begin}. Used by one thread at a time.
 */
public final class PictureTileCoder {
  private static final int MAX_QP = 51;
  private static final byte[] NO_BITS = {};

  private TensorElements elements;
  private final PictureCoder coder;
  private final PictureFormat format;
  private final SampleDepth depth;
  /** Null where samples keep their signs. */
  private final SignPatternSearch signs;
  /** Null where samples are not transformed. */
  private final PreInverse preInverse;
  private final Picture source;
  private final TileLevels levels;
  private final ValueRow values;
  private final float[] decoded;
  private final float[] factors;
  private final short[] row;
  private ErrorBounds bounds;
  /** Null where values are coded as they are. */
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
   * What errors there may be, and what they count for.
   *
   * @param maxError values whose error would be greater are kept exactly; infinite for no bound
   * @param weights of the values' channels; null where all count the same
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

  /** Turns to a tensor as it is arranged. */
  public void begin(Arrangement arrangement, ErrorBounds newBounds) {
    elements = arrangement.elements();
    channels = arrangement.channels();
    bounds = newBounds;
    reconstructor = new ValueReconstructor(elements.type(), channels);
  }

  /** Lets go of the tensor. */
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
   * @param signs signs of its samples; null where they are as the values have them
   * @param coded slices and decoded picture
   * @param rawBits bits of the samples that are not on the picture
   * @param values number of values in it
   * @param squaredError sum over its values, after rounding to the tensor's type; outliers have none
   * @param weightedSquaredError the same by the weights of channels; 0 without them
   */
  public record Result(
      TileInformation information, SignPatterns signs, PictureCoder.Coded coded, byte[] rawBits, long values,
      double squaredError, double weightedSquaredError) {}

  /**
   * Codes one picture.
   *
   * @param qp QPY for values of the reference class
   * @param referenceClass scale class that {@code qp} is meant for; macroblocks of other classes have other QPs
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

  /** Leaves the high bits of the samples in the picture and returns the others. */
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

  /** Distortion is the same everywhere if the step follows the scale that a class has taken away. */
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

  /** Mean squared level of the values that are no outliers, before any transform; 0 if there are none. */
  public double meanSquaredLevel(TileMap map, SampleQuantizer quantizer) {
    OutlierList outliers = new OutlierList(0);
    quantize(map, quantizer, outliers);
    // Samples of outliers and of padding are in the middle.
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
   * How much samples have to do with their neighbours: the greatest magnitude of their correlation with the one on the
   * left, above left, above and above right, 0 to about 1.
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
   * The straight line through the values over the decoded levels that has the least squared error: it takes back what
   * the quantizer's dead zone takes from the amplitude, and corrects the mean.
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
        // A deviation of 0 keeps an outlier out of the deviations' sums; its level is taken out here.
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

  /** The outliers, and the values that are decoded with a greater error than is allowed. */
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
        // The difference of two floats of unlike size is rounded in a double, too: by far less than a float's own steps.
        if (isKnown || Math.abs(elements.exact(map.index(y, x), values.get(x)) - decoded[x]) > bounds.maxError()) {
          all.add(position, elements.bits(map.index(y, x)));
        }
      }
    }
    return all;
  }

  /** Plain and weighted. */
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
