package llm265.tensor;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.Sei;
import llm265.model.TensorView;

/**
 * Codes one tensor into one stream, as often as it takes to meet a target: statistics and range of the samples are found
 * once, then each {@link #code} writes the whole stream with another step.
 */
public final class TensorCoding {
  /** Values of a sample. */
  private static final int SAMPLE = 1 << 17;

  /** Values that are coded to compare ways of coding. */
  private static final int TRIAL = 1 << 15;

  /** Tensors of fewer samples' worth of values are coded whole from the start. */
  private static final int LEAST_SAMPLES = 4;

  /** What a slice costs before its contexts have learnt; a sample is a slice of its own. */
  private static final double SLICE_START_BITS = 600;

  /** Start codes, NAL unit headers, UUID, tile section and slice header of one tile. */
  private static final double TILE_BYTES = 52;

  /** Position and gap code of an outlier, about. */
  private static final double OUTLIER_POSITION_BITS = 12;

  private final TensorElements elements;
  private final long[] shape;
  private final TensorFraming viewFraming;
  private TensorFraming framing;
  private Method method;
  private final Workers workers;
  private final StreamStore store;
  private final TensorStatistics statistics;
  private final Queue<TileCoder> idle = new ConcurrentLinkedQueue<>();
  private double outlierTargetBits;
  private double outlierRelativeError;
  /** Scale classes of the plane's rows and columns; null where there are none. */
  private ScaleClasses rowClasses;
  private ScaleClasses columnClasses;
  private int referenceClass;
  private SampleRange range;
  private SampleRange preInverseRange;
  private TileCoder sampleCoder;
  private double maxError = Double.POSITIVE_INFINITY;
  /** Null where all values count the same. */
  private ChannelWeights weights;
  private double weightedSignal;

  /**
   * Begins with a tensor; reads it once, for its statistics.
   *
   * @param tensor of type F32, F16 or BF16
   * @param store receives the stream
   * @throws IllegalArgumentException if values of the type cannot be coded
   */
  public TensorCoding(TensorView tensor, PictureCoder.Factory coders, Workers workers, StreamStore store) {
    this.elements = new TensorElements(tensor.dtype(), tensor.data());
    this.shape = tensor.shape();
    this.viewFraming = TensorFraming.of(shape);
    this.framing = viewFraming;
    this.method = new Method(coders, 1, false);
    this.workers = workers;
    this.store = store;
    this.statistics = TensorStatistics.of(elements, framing.values(), workers);
  }

  /**
   * What came of coding.
   *
   * @param bytes size of the stream; for a sample an estimate
   * @param squaredError sum over all values that are finite
   * @param snr signal-to-noise ratio in dB; infinite if there is no error
   * @param outliers values kept exactly, those that are not finite included
   * @param weighted by the weights of channels; null without them, and for a sample
   */
  public record Result(double bytes, double squaredError, double snr, long outliers, WeightedError weighted) {}

  /**
   * A way of coding pictures.
   *
   * @param coders code them
   * @param signPatterns number of sign patterns to choose from, 1 for none
   * @param preInverse whether samples go through the pre-inverse transform; not together with sign patterns
   */
  public record Method(PictureCoder.Factory coders, int signPatterns, boolean preInverse) {}

  public long values() {
    return framing.values();
  }

  /** Number of values that are NaN or infinite: kept exactly. */
  public long notFinite() {
    return statistics.notFinite();
  }

  /**
   * Chooses which values become samples, for about this rate and quality. Before the first {@link #code}.
   *
   * @param bitsPerValue rate that is expected
   * @param relativeError mean squared error that is expected at that rate, as a share of the samples' variance
   */
  public void chooseRange(double bitsPerValue, double relativeError) {
    outlierTargetBits = bitsPerValue;
    outlierRelativeError = relativeError;
    rowClasses = null;
    columnClasses = null;
    referenceClass = 0;
    framing = viewFraming;
    chooseRange(statistics);
  }

  private void chooseRange(TensorStatistics of) {
    range = SampleRange.choose(
        of, outlierBits(), outlierTargetBits, outlierRelativeError, SampleRange.GREATEST_LEVEL);
    preInverseRange = SampleRange.choose(
        of, outlierBits(), outlierTargetBits, outlierRelativeError, SampleRange.GREATEST_PRE_INVERSE_LEVEL);
  }

  /** Sorts rows and columns by scale where that pays; reads the tensor again, up to three times. After {@link #chooseRange}. */
  public void sortByScale() {
    ScaleAnalysis analysis = ScaleAnalysis.of(elements, framing, range, workers);
    if (analysis.isEmpty()) {
      return;
    }
    float centre = range.centre();
    chooseRange(analysis.normalized(elements, framing, centre, workers));
    range = range.withCentre(centre);
    preInverseRange = preInverseRange.withCentre(centre);
    TensorFraming other = analysis.columnsVary() ? framing.transpose() : null;
    framing = other == null ? framing : other;
    rowClasses = other == null ? analysis.rows() : analysis.columns();
    columnClasses = other == null ? analysis.columns() : analysis.rows();
    referenceClass = analysis.referenceClass();
    use(method);
  }

  /** The standard deviation of the samples to aim at, in levels. */
  public double levels() {
    return levels(method);
  }

  /** The standard deviation of the samples that a method aims at, in levels. */
  public double levels(Method of) {
    return rangeOf(of).levels();
  }

  private SampleRange rangeOf(Method of) {
    return of.preInverse() ? preInverseRange : range;
  }

  /** What the deviations of values that become samples are on average, over their standard deviation: .798 for Gaussian values. */
  public double meanDeviation() {
    return range.meanDeviation();
  }

  /** Size of an outlier's value: sign, mantissa, and an exponent that is mostly the least of all. */
  private double outlierBits() {
    return ElementType.of(elements.type()).mantissaBits() + 2.3;
  }

  /** How much greater the variance of all finite values is than that of those that become samples, in dB. */
  public double varianceHead() {
    double scale = ScaleClasses.factor(referenceClass);
    double deviation = rangeOf(method).deviation() * scale;
    double inner = deviation * deviation;
    return inner > 0 && statistics.variance() > 0 ? 10 * StrictMath.log10(statistics.variance() / inner) : 0;
  }

  /** True if what a step leads to depends on the step: not so for constants and for tensors that are kept exactly. */
  public boolean dependsOnStep() {
    return range.limit() >= 0 && range.deviation() > 0 && preInverseRange.deviation() > 0;
  }

  /** Codes in this way from now on. */
  public void use(Method newMethod) {
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

  /** From now on results tell of the weighted error, too; reads the tensor once more. */
  public void setChannelWeights(ChannelWeights newWeights) {
    weights = newWeights;
    weightedSignal = weights.signal(elements, framing.values(), statistics.centre(), workers);
    use(method);
  }

  /** Standard deviation of the finite values. */
  public double deviation() {
    return Math.sqrt(statistics.variance());
  }

  /** True if {@link #sample} saves time. */
  public boolean hasSample() {
    return dependsOnStep() && framing.values() >= (long) LEAST_SAMPLES * SAMPLE;
  }

  /** Codes rows of macroblocks spread over the tensor and estimates what the whole would come to. */
  public Result sample(int qp, double levels) {
    int macroblockRows = sampleRows(SAMPLE);
    if (sampleCoder == null) {
      sampleCoder = coder(sampleFormat(macroblockRows, method), method);
    }
    return sample(sampleCoder, macroblockRows, rangeOf(method), qp, levels);
  }

  /** Codes some rows of macroblocks in another way than that in use, to see what they would come to. */
  public Result trial(Method other, int qp, double levels) {
    int macroblockRows = sampleRows(TRIAL);
    return sample(coder(sampleFormat(macroblockRows, other), other), macroblockRows, rangeOf(other), qp, levels);
  }

  /** Codes some rows of macroblocks in the way that is in use, fewer than {@link #sample} does. */
  public Result trial(int qp, double levels) {
    return trial(method, qp, levels);
  }

  private TileCoder coder(PictureFormat format, Method of) {
    TileCoder coder = new TileCoder(elements, format, of.coders(), of.signPatterns(), of.preInverse());
    coder.setMaxError(maxError);
    coder.setChannelWeights(weights);
    return coder;
  }

  /**
   * How much values have to do with their neighbours in the view, on a sample: the greatest magnitude of a correlation
   * coefficient, about 0 for white noise.
   */
  public double correlation(double levels) {
    int macroblockRows = sampleRows(SAMPLE);
    TileCoder coder = coder(sampleFormat(macroblockRows, method), method);
    return coder.correlation(TileMap.sample(framing, macroblockRows, null, null), SampleQuantizer.of(range, levels));
  }

  private int sampleRows(int values) {
    long rows = (long) framing.tiles() * (framing.tileHeight() / 16);
    return (int) Math.clamp(values / (16L * framing.tileWidth()), 1, rows);
  }

  private PictureFormat sampleFormat(int macroblockRows, Method of) {
    return PictureFormat.of8Bit(framing.tileWidth(), 16 * macroblockRows, of.coders().chroma());
  }

  private Result sample(TileCoder coder, int macroblockRows, SampleRange of, int qp, double levels) {
    SampleQuantizer quantizer = SampleQuantizer.of(of, levels);
    TileMap map = TileMap.sample(framing, macroblockRows, rowClasses, columnClasses);
    TileCoder.Result tile = coder.code(map, quantizer, qp, referenceClass, 0);
    double bits = 8.0 * tile.coded().slices().length - SLICE_START_BITS;
    bits += tile.signs() == null ? 0 : tile.signs().bits();
    int outliers = tile.information().outliers().size();
    bits += outliers * (outlierBits() + OUTLIER_POSITION_BITS);
    double whole = (double) framing.values() / Math.max(1, tile.values());
    double bytes = bits / 8 * whole + framing.tiles() * (SLICE_START_BITS / 8 + TILE_BYTES) + classBytes();
    double squaredError = tile.squaredError() * whole;
    return new Result(bytes, squaredError, snr(squaredError), (long) (outliers * whole), null);
  }

  private double classBytes() {
    double rows = rowClasses == null ? 0 : rowClasses.bits() * framing.tileColumns();
    double columns = columnClasses == null ? 0 : columnClasses.bits();
    return (rows + columns) / 8;
  }

  private TensorTransforms transforms() {
    return new TensorTransforms(method.preInverse(), rowClasses != null, columnClasses);
  }

  /** Writes the whole stream, in place of what was written before. */
  public Result code(int qp, double levels) {
    SampleQuantizer quantizer = SampleQuantizer.of(rangeOf(method), levels);
    TensorHeader blank =
        new TensorHeader(
            elements.type(), shape, framing, transforms(), (float) Math.sqrt(statistics.variance()), 0,
            framing.tiles() > 1 ? new int[framing.tiles()] : null);
    Stream stream = new Stream(blank);
    workers.forEachInOrder(framing.tiles(), number -> codeTile(number, quantizer, qp), stream::add);
    return stream.finish();
  }

  private CodedTile codeTile(int number, SampleQuantizer quantizer, int qp) {
    TileCoder pooled = idle.poll();
    TileCoder coder = pooled != null ? pooled : coder(framing.pictureFormat(method.coders().chroma()), method);
    try {
      TensorFraming.Tile place = framing.tile(number);
      int firstRow = (int) place.firstRow();
      ScaleClasses rows = rowClasses == null ? null : rowClasses.range(firstRow, firstRow + place.rows());
      TileMap map = TileMap.of(framing, place, rows, columnClasses);
      TileCoder.Result tile = coder.code(map, quantizer, qp, referenceClass, number);
      byte[] sections =
          SideInformation.write(
              tile.information(), tile.signs(), rows, ElementType.of(elements.type()), tile.coded().reconstruction());
      byte[] parameterSets = number == 0 ? coder.parameterSets() : null;
      int outliers = tile.information().outliers().size();
      return new CodedTile(
          parameterSets, sections, tile.coded().slices(), tile.squaredError(), tile.weightedSquaredError(), outliers);
    } finally {
      idle.add(coder);
    }
  }

  private record CodedTile(
      byte[] parameterSets, byte[] sections, byte[] slices, double squaredError, double weightedSquaredError, int outliers) {}

  private double snr(double squaredError) {
    double finite = statistics.values() - statistics.notFinite();
    return squaredError == 0
        ? Double.POSITIVE_INFINITY
        : 10 * StrictMath.log10(statistics.variance() * finite / squaredError);
  }

  /** One pass over the tiles: access units in order, and at the end the header once more with what is known then. */
  private final class Stream {
    private final TensorHeader blank;
    private final int[] tileBytes = new int[framing.tiles()];
    private int parameterSetBytes;
    private byte[] firstSections;
    private int firstSeiBytes;
    private double squaredError;
    private double weightedSquaredError;
    private long outliers;

    Stream(TensorHeader blank) {
      this.blank = blank;
      store.clear();
    }

    void add(int number, CodedTile tile) {
      byte[] payload = tile.sections();
      if (number == 0) {
        firstSections = tile.sections();
        parameterSetBytes = tile.parameterSets().length;
        store.append(tile.parameterSets());
        payload = SideInformation.withHeader(blank, firstSections);
      }
      byte[] sei = seiNalUnit(payload);
      firstSeiBytes = number == 0 ? sei.length : firstSeiBytes;
      store.append(sei);
      store.append(tile.slices());
      tileBytes[number] = sei.length + tile.slices().length;
      squaredError += tile.squaredError();
      weightedSquaredError += tile.weightedSquaredError();
      outliers += tile.outliers();
    }

    Result finish() {
      double finite = Math.max(1, statistics.values() - statistics.notFinite());
      float rmsError = (float) Math.sqrt(squaredError / finite);
      byte[] sei = seiNalUnit(SideInformation.withHeader(blank.withResult(rmsError, tileBytes), firstSections));
      if (sei.length != firstSeiBytes) {
        throw new IllegalStateException("the header's size depends on its contents");
      }
      store.overwrite(parameterSetBytes, sei);
      WeightedError weighted = weights == null ? null : new WeightedError(weightedSignal, weightedSquaredError);
      return new Result(store.size(), squaredError, snr(squaredError), outliers, weighted);
    }
  }

  private static byte[] seiNalUnit(byte[] payload) {
    return Sei.userDataUnregistered(SideInformation.UUID, payload);
  }
}
