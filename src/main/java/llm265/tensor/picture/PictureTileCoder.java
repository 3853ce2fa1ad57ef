package llm265.tensor.picture;

import java.util.Arrays;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.analysis.ReconstructionFit;
import llm265.tensor.analysis.SampleRange;
import llm265.tensor.analysis.UnrotatedTile;
import llm265.tensor.format.TileInformation;
import llm265.tensor.payload.RawBits;
import llm265.tensor.reconstruct.TileLevels;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.OutlierList;
import llm265.tensor.tools.PreInverse;
import llm265.tensor.tools.SignPatterns;
import llm265.tensor.values.TensorElements;
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
  private final ReconstructionFit reconstruction;
  private final float[] factors;
  private final short[] row;

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
    reconstruction = new ReconstructionFit(width);
    factors = new float[width];
    row = new short[width];
  }

  /** Begins a tensor with its arrangement. */
  public void begin(Arrangement arrangement, ErrorBounds newBounds) {
    elements = arrangement.elements();
    reconstruction.begin(elements, arrangement.channels(), newBounds);
  }

  /** Releases the tensor. */
  void end() {
    elements = null;
    reconstruction.end();
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
   * @param original as for {@link ReconstructionFit#squaredErrors}
   */
  public Result code(
      TileMap map, SampleQuantizer quantizer, int qp, int referenceClass, int tile, UnrotatedTile original) {
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
    TileInformation information =
        reconstruction.bounded(levels, map, reconstruction.fit(levels, map, quantizer.centre(), outliers, tile));
    double[] errors = reconstruction.squaredErrors(levels, map, information, original);
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
}
