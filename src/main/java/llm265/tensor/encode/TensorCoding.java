package llm265.tensor.encode;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToDoubleFunction;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.h264.PictureFormat;
import llm265.parallel.Workers;
import llm265.tensor.ElementType;
import llm265.tensor.EncodedTensor;
import llm265.tensor.StreamStore;
import llm265.tensor.TensorFraming;
import llm265.tensor.WeightedError;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.analysis.TensorStatistics;
import llm265.tensor.format.RawNalUnit;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.StreamWriter;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TensorTransforms;
import llm265.tensor.picture.PictureCoder;
import llm265.tensor.picture.SampleDepth;
import llm265.tensor.picture.SampleQuantizer;
import llm265.tensor.picture.TileCoder;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.Rotation;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;

/**
 * Codes one tensor into one stream, as often as it takes to meet a target: statistics and range of the samples are found
 * once, then each {@link #code} writes the whole stream with another step.
 */
public final class TensorCoding implements AutoCloseable {
  /** Values of a sample at least. */
  private static final int SAMPLE = 1 << 17;

  /** One value of so many is in the sample of a large tensor. */
  private static final int SAMPLE_SHARE = 8;

  /** Values of a sample or trial at most. */
  static final int GREATEST_SAMPLE = 1 << 20;

  /** Values of a first sample. */
  private static final int ROUGH_SAMPLE = 1 << 16;

  /** Tensors of fewer samples' worth of values are coded whole from the start. */
  private static final int LEAST_SAMPLES = 4;

  /** Values read by one task: fixed, so that sums do not depend on the number of threads. */
  private static final int READ_BLOCK = 1 << 18;

  private final TensorElements tensorElements;
  private final long[] shape;
  private final TensorFraming viewFraming;
  private CodingMethod method;
  private final Workers workers;
  private final StreamStore store;
  private final TensorStatistics tensorStatistics;
  /** Sum over all values, of what reading them as floats takes from them. */
  private final double readingError;
  private final Arranger arranger;
  private Arrangement plain;
  private Arrangement arrangement;
  private final Queue<TileCoder> idle = new ConcurrentLinkedQueue<>();
  private TileCoder sampleCoder;
  private double maxError = Double.POSITIVE_INFINITY;
  /** Null where all values count the same. */
  private ChannelWeights weights;
  private double weightedSignal;

  /**
   * Begins with a tensor; reads it once, for its statistics.
   *
   * @param tensor of type F32, F16, BF16 or F64; values of F64 are coded as the nearest of F32
   * @param store receives the stream
   * @throws IllegalArgumentException if values of the type cannot be coded
   */
  public TensorCoding(TensorView tensor, PictureCoder.Factory coders, Workers workers, StreamStore store) {
    this.tensorElements = new TensorElements(tensor.dtype(), tensor.data());
    this.shape = tensor.shape();
    this.viewFraming = TensorFraming.of(shape);
    this.method = new CodingMethod(coders, 1, false);
    this.workers = workers;
    this.store = store;
    this.tensorStatistics = TensorStatistics.of(tensorElements, viewFraming.values(), workers);
    this.readingError = readingError();
    this.arranger = new Arranger(tensorElements, tensorStatistics, viewFraming, workers);
  }

  private double readingError() {
    double[] sum = new double[1];
    if (tensorElements.type() == DType.F64) {
      workers.forEachInOrder(
          Math.toIntExact(Math.ceilDiv(values(), READ_BLOCK)),
          block -> tensorElements.readingError(
              (long) block * READ_BLOCK, (int) Math.min(READ_BLOCK, values() - (long) block * READ_BLOCK)),
          (block, error) -> sum[0] += error);
    }
    return sum[0];
  }

  public long values() {
    return viewFraming.values();
  }

  /** Number of values that are NaN or infinite, or too large for F32: kept exactly. */
  public long notFinite() {
    return tensorStatistics.notFinite();
  }

  /**
   * Chooses which values become samples, for about this rate and quality, with the tensor as it is. Before the first {@link #code}.
   *
   * @param bitsPerValue rate that is expected; 0 for no outliers but values that are not finite
   * @param relativeError mean squared error that is expected at that rate, as a share of the samples' variance
   */
  public void chooseRange(double bitsPerValue, double relativeError) {
    plain = arranger.plain(bitsPerValue, relativeError, depth());
    arrange(plain);
  }

  private void arrange(Arrangement other) {
    arrangement = other;
    use(method);
  }

  /** Of the samples, in whichever way they are coded. */
  private SampleDepth depth() {
    return new SampleDepth(method.coders().bitDepth());
  }

  /** QPY of the finest step. */
  public int leastQp() {
    return candidate(method).leastQp();
  }

  /** The tensor as it is arranged now, coded in a way. */
  public Candidate candidate(CodingMethod of) {
    return new Candidate(this, arrangement, of);
  }

  /** Measures candidates side by side, as far as there are threads. */
  public double[] measure(ToDoubleFunction<Candidate> measurement, Candidate... candidates) {
    double[] results = new double[candidates.length];
    workers.forEachInOrder(
        candidates.length, i -> measurement.applyAsDouble(candidates[i]), (i, result) -> results[i] = result);
    return results;
  }

  /** Codes the tensor as it is again, neither sorted nor rotated. */
  public void arrangePlain() {
    arrange(plain);
    close();
  }

  /**
   * Sorts rows and columns by scale where that pays; reads the tensor again, up to three times. After {@link #chooseRange}.
   *
   * @return whether it does
   */
  public boolean sortByScale() {
    Arrangement before = arrangement;
    arrange(arranger.sorted(before, depth()));
    return arrangement != before;
  }

  /**
   * Rotates the plane to its principal axes and sorts it by scale, if that does better than the present arrangement.
   *
   * @param reflections number of reflections at most
   * @param method with which the rotated plane is measured, and the present arrangement if need be
   * @param known what the present arrangement measures; NaN to measure it, only where there is a rotation to compare
   * @param better what the rotated plane must measure less
   * @return what the arrangement measures that is used from now on; {@code known} where there is no rotation
   */
  public double rotateIfBetter(
      int reflections, CodingMethod method, double known, double better, ToDoubleFunction<Candidate> measurement) {
    Arrangement before = arrangement;
    Rotation rotation = arranger.principalAxes(before.range(), reflections);
    if (rotation == null) {
      return known;
    }
    Candidate present = candidate(method);
    rotate(rotation);
    Candidate rotated = candidate(method);
    double[] measured = Double.isNaN(known) ? measure(measurement, rotated, present) : measure(measurement, rotated);
    double presents = Double.isNaN(known) ? measured[1] : known;
    if (measured[0] < presents - better) {
      return measured[0];
    }
    arrange(before);
    close();
    return presents;
  }

  /** Frees the memory of a rotated plane. */
  @Override
  public void close() {
    arranger.close();
  }

  /** The rotation in use; null if there is none. */
  public Rotation rotation() {
    return arrangement.rotation();
  }

  /** Rotates the plane, as has been found to be good, and sorts it by scale. After {@link #chooseRange}. */
  public void rotate(Rotation rotation) {
    arrange(arranger.rotated(rotation, depth()));
  }

  /** The standard deviation of the samples to aim at, in levels. */
  public double levels() {
    return candidate(method).levels();
  }

  /** What the deviations of values that become samples are on average, over their standard deviation: .798 for Gaussian values. */
  public double meanDeviation() {
    return arrangement.range().meanDeviation();
  }

  /** How much greater the variance of all finite values is than that of those that become samples, in dB. */
  public double varianceHead() {
    double scale = ScaleClasses.factor(arrangement.referenceClass());
    double deviation = arrangement.rangeOf(method).deviation() * scale;
    double inner = deviation * deviation;
    double variance = arranger.codedVariance();
    return inner > 0 && variance > 0 ? 10 * StrictMath.log10(variance / inner) : 0;
  }

  /** True if what a step leads to depends on the step: not so for constants and for tensors that are kept exactly. */
  public boolean dependsOnStep() {
    return arrangement.dependsOnStep();
  }

  /** The way of coding in use. */
  public CodingMethod method() {
    return method;
  }

  /** Codes in this way from now on. */
  public void use(CodingMethod newMethod) {
    method = newMethod;
    sampleCoder = null;
    idle.clear();
  }

  /**
   * From now on values whose error would be greater, once they are decoded and rounded to the tensor's type, are kept exactly.
   *
   * @param newMaxError 0 or more, in units of the values
   */
  public void setMaxError(double newMaxError) {
    maxError = newMaxError;
    use(method);
  }

  /**
   * From now on results tell of the weighted error, too; reads the tensor once or twice more. Before {@link #chooseRange}.
   *
   * @param minimize whether that error is what is to be small, in place of the plain one
   */
  public void setChannelWeights(ChannelWeights newWeights, boolean minimize) {
    weights = newWeights;
    weightedSignal = weights.signal(tensorElements, values(), tensorStatistics.centre(), workers);
    arranger.setChannels(minimize ? weights.scales() : null);
    use(method);
  }

  /** Standard deviation of the finite values. */
  public double deviation() {
    return Math.sqrt(tensorStatistics.variance());
  }

  /** True if {@link #sample} saves time. */
  public boolean hasSample() {
    return dependsOnStep() && values() >= (long) LEAST_SAMPLES * SAMPLE;
  }

  /** Codes rows of macroblocks spread over the tensor and estimates what the whole would come to. */
  public CodingResult sample(int qp, double levels) {
    TensorSample sample = TensorSample.of(arrangement, method, sampleValues());
    if (sampleCoder == null) {
      sampleCoder = coder(sample.pictureFormat());
    }
    return estimate(sample, sampleCoder, qp, levels);
  }

  /** Codes fewer macroblocks than {@link #sample} does, for a first estimate. */
  public CodingResult rough(int qp, double levels) {
    TensorSample sample = TensorSample.of(arrangement, method, ROUGH_SAMPLE);
    return estimate(sample, coder(sample.pictureFormat()), qp, levels);
  }

  /** Codes some rows of macroblocks in the way that is in use, fewer than {@link #sample} does. */
  public CodingResult trial(int qp, double levels) {
    return candidate(method).trial(qp, levels);
  }

  CodingResult estimate(TensorSample sample, TileCoder coder, int qp, double levels) {
    TensorSample.Estimate whole = sample.code(coder, qp, levels);
    double squaredError = whole.squaredError() + readingError;
    return new CodingResult(whole.bytes(), squaredError, snr(squaredError), whole.outliers(), null);
  }

  private TileCoder coder(PictureFormat format) {
    return coder(arrangement, format, method);
  }

  TileCoder coder(Arrangement of, PictureFormat format, CodingMethod method) {
    TileCoder coder = new TileCoder(of.elements(), format, method.coders(), method.signPatterns(), method.preInverse());
    coder.setMaxError(maxError);
    coder.setChannelWeights(weights, of.channels());
    return coder;
  }

  /**
   * How much values have to do with their neighbours in the view, on a sample: the greatest magnitude of a correlation
   * coefficient, about 0 for white noise.
   */
  public double correlation(double levels) {
    TensorSample sample = TensorSample.ofNeighbours(arrangement, method, SAMPLE);
    SampleQuantizer quantizer = SampleQuantizer.of(arrangement.range(), levels, depth());
    return coder(sample.pictureFormat()).correlation(sample.map(), quantizer);
  }

  private int sampleValues() {
    return (int) Math.clamp(values() / SAMPLE_SHARE, SAMPLE, GREATEST_SAMPLE);
  }

  private TensorTransforms transforms(int lowBits) {
    return new TensorTransforms(
        method.preInverse(), arrangement.rows() != null, arrangement.columns(), arrangement.rotation(), arrangement.channels(), null,
        method.coders().bitDepth(), lowBits);
  }

  /** Writes the whole stream, in place of what was written before. */
  public CodingResult code(int qp, double levels) {
    SampleQuantizer quantizer = arrangement.quantizer(method, qp, levels);
    TensorFraming framing = arrangement.framing();
    TensorHeader blank =
        new TensorHeader(
            tensorElements.type(), shape, arrangement.header(), transforms(quantizer.lowBits()),
            (float) Math.sqrt(tensorStatistics.variance()), 0, framing.tiles() > 1 ? new int[framing.tiles()] : null);
    Pass pass = new Pass(blank);
    workers.forEachInOrder(framing.tiles(), number -> codeTile(number, quantizer, qp), pass::add);
    return pass.finish();
  }

  private CodedTile codeTile(int number, SampleQuantizer quantizer, int qp) {
    TensorFraming framing = arrangement.framing();
    TileCoder pooled = idle.poll();
    TileCoder coder = pooled != null ? pooled : coder(framing.pictureFormat(method.coders().chroma(), method.coders().bitDepth()));
    try {
      TensorFraming.Tile place = framing.tile(number);
      ScaleClasses rows = arrangement.rows();
      if (rows != null) {
        rows = rows.range((int) place.firstRow(), (int) place.firstRow() + place.rows());
      }
      TileMap map = TileMap.of(framing, place, rows, arrangement.columns());
      TileCoder.Result tile = coder.code(map, quantizer, qp, arrangement.referenceClass(), number);
      ElementType type = ElementType.of(arrangement.elements().type());
      byte[] sections =
          SideInformation.write(tile.information(), tile.signs(), rows, type, framing, tile.coded().reconstruction(), tile.rawBits());
      byte[] parameterSets = number == 0 ? coder.parameterSets() : null;
      int outliers = tile.information().outliers().size();
      return new CodedTile(
          parameterSets, sections, tile.coded().slices(), RawNalUnit.of(tile.rawBits()), tile.squaredError(),
          tile.weightedSquaredError(), outliers);
    } finally {
      idle.add(coder);
    }
  }

  private record CodedTile(
      byte[] parameterSets, byte[] sections, byte[] slices, byte[] rawNalUnit, double squaredError, double weightedSquaredError,
      int outliers) {}

  /** What became of the tensor, if a pass over it was the last. */
  EncodedTensor encoded(CodingResult last, int qp, int passes) {
    return new EncodedTensor(
        values(), (long) last.bytes(), last.snr(), qp, last.outliers(), notFinite(), passes, last.weighted(), false);
  }

  private double snr(double squaredError) {
    double finite = values() - notFinite();
    return squaredError == 0
        ? Double.POSITIVE_INFINITY
        : 10 * StrictMath.log10(tensorStatistics.variance() * finite / squaredError);
  }

  /** One pass over the tiles, summed up. */
  private final class Pass {
    private final StreamWriter writer;
    private double squaredError = readingError;
    private double weightedSquaredError;
    private long outliers;

    Pass(TensorHeader blank) {
      writer = new StreamWriter(store, blank);
    }

    void add(int number, CodedTile tile) {
      writer.add(number, tile.parameterSets(), tile.sections(), tile.slices(), tile.rawNalUnit());
      squaredError += tile.squaredError();
      weightedSquaredError += tile.weightedSquaredError();
      outliers += tile.outliers();
    }

    CodingResult finish() {
      double finite = Math.max(1, values() - notFinite());
      long bytes = writer.finish((float) Math.sqrt(squaredError / finite));
      WeightedError weighted = weights == null ? null : new WeightedError(weightedSignal, weightedSquaredError);
      return new CodingResult(bytes, squaredError, snr(squaredError), outliers, weighted);
    }
  }
}
