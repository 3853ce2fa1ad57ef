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
  private final TensorFraming framing;
  private PictureCoder.Factory coders;
  private TensorTools tools = TensorTools.NONE;
  private final Workers workers;
  private final StreamStore store;
  private final TensorStatistics statistics;
  private final Queue<TileCoder> idle = new ConcurrentLinkedQueue<>();
  private SampleRange range;
  private TileCoder sampleCoder;

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
    this.framing = TensorFraming.of(shape);
    this.coders = coders;
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
   */
  public record Result(double bytes, double squaredError, double snr, long outliers) {}

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
   * @return the standard deviation of the samples to aim at, in levels
   */
  public double chooseRange(double bitsPerValue, double relativeError) {
    range = SampleRange.choose(statistics, outlierBits(), bitsPerValue, relativeError);
    return range.levels();
  }

  /** Size of an outlier's value: sign, mantissa, and an exponent that is mostly the least of all. */
  private double outlierBits() {
    return ElementType.of(elements.type()).mantissaBits() + 2.3;
  }

  /** How much greater the variance of all finite values is than that of those that become samples, in dB. */
  public double varianceHead() {
    double inner = range.deviation() * range.deviation();
    return inner > 0 && statistics.variance() > 0 ? 10 * StrictMath.log10(statistics.variance() / inner) : 0;
  }

  /** True if what a step leads to depends on the step: not so for constants and for tensors that are kept exactly. */
  public boolean dependsOnStep() {
    return range.limit() >= 0 && range.deviation() > 0;
  }

  /** Codes with these pictures and tools from now on. */
  public void use(PictureCoder.Factory newCoders, TensorTools newTools) {
    coders = newCoders;
    tools = newTools;
    sampleCoder = null;
    idle.clear();
  }

  /** True if {@link #sample} saves time. */
  public boolean hasSample() {
    return dependsOnStep() && framing.values() >= (long) LEAST_SAMPLES * SAMPLE;
  }

  /** Codes rows of macroblocks spread over the tensor and estimates what the whole would come to. */
  public Result sample(int qp, double levels) {
    int macroblockRows = sampleRows(SAMPLE);
    if (sampleCoder == null) {
      sampleCoder = new TileCoder(elements, sampleFormat(macroblockRows, coders), coders, tools);
    }
    return sample(sampleCoder, macroblockRows, qp, levels);
  }

  /** Codes some rows of macroblocks with other pictures and tools than those in use, to see what they would come to. */
  public Result trial(int qp, double levels, PictureCoder.Factory otherCoders, TensorTools otherTools) {
    int macroblockRows = sampleRows(TRIAL);
    TileCoder coder = new TileCoder(elements, sampleFormat(macroblockRows, otherCoders), otherCoders, otherTools);
    return sample(coder, macroblockRows, qp, levels);
  }

  /**
   * How much values have to do with their neighbours in the view, on a sample: the greatest magnitude of a correlation
   * coefficient, about 0 for white noise.
   */
  public double correlation(double levels) {
    int macroblockRows = sampleRows(SAMPLE);
    TileCoder coder = new TileCoder(elements, sampleFormat(macroblockRows, coders), coders, TensorTools.NONE);
    return coder.correlation(RowMap.sample(framing, macroblockRows), SampleQuantizer.of(range, levels));
  }

  private int sampleRows(int values) {
    long rows = (long) framing.tiles() * (framing.tileHeight() / 16);
    return (int) Math.clamp(values / (16L * framing.tileWidth()), 1, rows);
  }

  private PictureFormat sampleFormat(int macroblockRows, PictureCoder.Factory factory) {
    return PictureFormat.of8Bit(framing.tileWidth(), 16 * macroblockRows, factory.chroma());
  }

  private Result sample(TileCoder coder, int macroblockRows, int qp, double levels) {
    SampleQuantizer quantizer = SampleQuantizer.of(range, levels);
    TileCoder.Result tile = coder.code(RowMap.sample(framing, macroblockRows), quantizer, qp, 0);
    double bits = 8.0 * tile.coded().slices().length - SLICE_START_BITS;
    bits += tile.signs() == null ? 0 : tile.signs().bits();
    int outliers = tile.information().outliers().size();
    bits += outliers * (outlierBits() + OUTLIER_POSITION_BITS);
    double whole = (double) framing.values() / Math.max(1, tile.values());
    double bytes = bits / 8 * whole + framing.tiles() * (SLICE_START_BITS / 8 + TILE_BYTES);
    double squaredError = tile.squaredError() * whole;
    return new Result(bytes, squaredError, snr(squaredError), (long) (outliers * whole));
  }

  /** Writes the whole stream, in place of what was written before. */
  public Result code(int qp, double levels) {
    SampleQuantizer quantizer = SampleQuantizer.of(range, levels);
    TensorHeader blank =
        new TensorHeader(
            elements.type(), shape, framing, (float) Math.sqrt(statistics.variance()), 0,
            framing.tiles() > 1 ? new int[framing.tiles()] : null);
    Stream stream = new Stream(blank);
    workers.forEachInOrder(framing.tiles(), number -> codeTile(number, quantizer, qp), stream::add);
    return stream.finish();
  }

  private CodedTile codeTile(int number, SampleQuantizer quantizer, int qp) {
    TileCoder pooled = idle.poll();
    TileCoder coder = pooled != null ? pooled : new TileCoder(elements, framing.pictureFormat(coders.chroma()), coders, tools);
    try {
      TileCoder.Result tile = coder.code(RowMap.of(framing, framing.tile(number)), quantizer, qp, number);
      byte[] sections =
          SideInformation.write(
              tile.information(), tile.signs(), ElementType.of(elements.type()), tile.coded().reconstruction());
      byte[] parameterSets = number == 0 ? coder.parameterSets() : null;
      int outliers = tile.information().outliers().size();
      return new CodedTile(parameterSets, sections, tile.coded().slices(), tile.squaredError(), outliers);
    } finally {
      idle.add(coder);
    }
  }

  private record CodedTile(
      byte[] parameterSets, byte[] sections, byte[] slices, double squaredError, int outliers) {}

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
      return new Result(store.size(), squaredError, snr(squaredError), outliers);
    }
  }

  private static byte[] seiNalUnit(byte[] payload) {
    return Sei.userDataUnregistered(SideInformation.UUID, payload);
  }
}
