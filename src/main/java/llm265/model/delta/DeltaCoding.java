package llm265.model.delta;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import llm265.checkpoint.file.Checksum;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.ElementType;
import llm265.tensor.EncodedTensor;
import llm265.tensor.StreamStore;
import llm265.tensor.encode.CodingSettings;
import llm265.tensor.encode.TargetSearch;

/**
 * Codes a tensor by what it differs by from a base's, as that is decoded: so that errors of the base do not add up. All targets,
 * and all results, are about the tensor, not about the difference. SPEC.md, "Deltas".
 */
public final class DeltaCoding {
  /**
   * How much less energy than the tensor's deviations a difference must have to be coded with loss, in dB: half as much makes up
   * for two streams that have to be decoded instead of one.
   */
  public static final double LEAST_GAIN = 1;

  /** No difference is coded with less quality, in dB: where nearly nothing is left to correct, a little is. */
  private static final double LEAST_DECIBELS = 0.1;

  /** Greatest number of values of a range: they are coded in memory, as 64-bit integers. */
  private static final long MOST_RANGE_VALUES = 1 << 22;

  /** How much a quality may be missed by, in dB, before a finer step is tried, and how often one is. */
  private static final double TOLERANCE = 0.05;
  private static final int MOST_CORRECTIONS = 2;

  private static final double NO_ERROR = Double.POSITIVE_INFINITY;

  private final TensorView tensor;
  private final BaseValues base;
  private final Workers workers;
  private final long rangeValues;
  private final int[] checksums;
  private final DeltaStatistics statistics;

  /**
   * Begins a tensor; reads it and the base's once.
   *
   * @throws UnsuitableBaseException if {@link #isSuitable} does not hold
   */
  public DeltaCoding(TensorView tensor, RangedTensor source, Workers workers) {
    this.tensor = tensor;
    this.workers = workers;
    base = new BaseValues(source, tensor.dtype(), tensor.shape());
    int block = tensor.dtype().blockValues();
    long together = Math.min(Math.max(source.rangeValues(), 1), MOST_RANGE_VALUES);
    rangeValues = Math.ceilDiv(together, block) * block;
    checksums = new int[DeltaHeader.ranges(tensor.count(), rangeValues)];
    statistics = ElementType.isSampled(tensor.dtype()) ? new DeltaStatistics() : DeltaStatistics.ofEqual(true);
    workers.forEachInOrder(checksums.length, this::look, (i, seen) -> {
      checksums[i] = seen.checksum;
      statistics.add(seen.statistics);
    });
  }

  private record Seen(int checksum, DeltaStatistics statistics) {}

  private Seen look(int range) {
    MemorySegment raw = base.read(first(range), valuesIn(range), workers);
    MemorySegment from = base.converted(raw);
    MemorySegment values = values(range);
    DeltaStatistics sums = ElementType.isSampled(tensor.dtype())
        ? DeltaStatistics.of(tensor.dtype(), from, values)
        : DeltaStatistics.ofEqual(from.mismatch(values) == -1);
    return new Seen(Checksum.crc32c(raw), sums);
  }

  private long first(int range) {
    return range * rangeValues;
  }

  private long valuesIn(int range) {
    return Math.min(rangeValues, tensor.count() - first(range));
  }

  private MemorySegment values(int range) {
    return tensor.data().asSlice(tensor.dtype().byteSize(first(range)), tensor.dtype().byteSize(valuesIn(range)));
  }

  /** Whether a tensor can be told from a base's: of the same shape, and the same type or one that goes with it. */
  public static boolean isSuitable(TensorView tensor, RangedTensor source) {
    return BaseValues.isSuitable(source, tensor.dtype(), tensor.shape());
  }

  /** Whether all values are the base's, bit for bit. */
  public boolean isUnchanged() {
    return statistics.isEqual();
  }

  /** Whether {@link #codeExactly} works. */
  public boolean canBeExact() {
    return isUnchanged() || OrderedPatterns.isPossible(tensor.dtype());
  }

  /** Whether a difference with loss is likely to take fewer bits than the tensor by itself. */
  public boolean isWorthItWithLoss() {
    return isUnchanged() || statistics.isSummable() && gain() >= LEAST_GAIN;
  }

  /** How much less energy the difference has than the tensor's deviations from its mean, in dB. */
  public double gain() {
    return decibels(statistics.variance(), statistics.meanSquaredChange());
  }

  /** Mean squared deviation of the tensor's values from their mean. */
  public double variance() {
    return statistics.variance();
  }

  private static double decibels(double signal, double error) {
    return error == 0 ? Double.POSITIVE_INFINITY : 10 * StrictMath.log10(signal / error);
  }

  /**
   * Codes the tensor without loss.
   *
   * @param store receives the delta
   */
  public EncodedTensor codeExactly(StreamStore store) {
    if (isUnchanged()) {
      return unchanged(store, NO_ERROR);
    }
    int[] lengths = new int[checksums.length];
    HeadedStore body = new HeadedStore(store, header(DeltaHeader.Kind.EXACT, NO_ERROR, lengths).toBytes());
    ExactRange coder = new ExactRange(tensor.dtype());
    workers.forEachInOrder(checksums.length, i -> {
      MemorySegment from = base.converted(base.read(first(i), valuesIn(i), workers));
      MemorySegment values = values(i);
      return from.mismatch(values) == -1 ? new byte[0] : coder.encode(from, values);
    }, (i, coded) -> {
      lengths[i] = coded.length;
      body.append(coded);
    });
    store.overwrite(0, header(DeltaHeader.Kind.EXACT, NO_ERROR, lengths).toBytes());
    return EncodedTensor.lossless(tensor.count(), store.size());
  }

  private EncodedTensor unchanged(StreamStore store, double snr) {
    store.clear();
    store.append(header(DeltaHeader.Kind.UNCHANGED, snr, new int[checksums.length]).toBytes());
    return EncodedTensor.lossless(tensor.count(), store.size());
  }

  private DeltaHeader header(DeltaHeader.Kind kind, double snr, int[] lengths) {
    return new DeltaHeader(kind, tensor.dtype(), tensor.count(), rangeValues, snr, checksums, lengths);
  }

  /**
   * The difference as a tensor of its own; reads the base again.
   *
   * @param memory gives memory for it, 4 or 8 bytes for each value
   */
  public TensorView difference(SegmentAllocator memory) {
    DType type = DeltaSum.differenceType(tensor.dtype());
    MemorySegment data = memory.allocate(type.byteSize(tensor.count()), Long.BYTES);
    workers.forEachInOrder(checksums.length, i -> {
      MemorySegment from = base.converted(base.read(first(i), valuesIn(i), workers));
      MemorySegment part = data.asSlice(type.byteSize(first(i)), type.byteSize(valuesIn(i)));
      return DeltaSum.differences(tensor.dtype(), from, values(i), part);
    }, (i, isRight) -> { });
    return new TensorView(tensor.name(), type, tensor.shape(), data);
  }

  /**
   * The target that the difference must meet so that the tensor meets another.
   *
   * @return the same, or one of the same kind; empty where the base's values are good enough
   * @throws IllegalArgumentException for a quantizer step, which says nothing of a difference, and for no loss
   */
  private RateTarget targetOfDifference(RateTarget target) {
    return switch (target) {
      case RateTarget.Bits bits -> bits;
      case RateTarget.Snr snr -> ofSnr(snr.decibels());
      case RateTarget.MaxError bound -> ofBound(bound.error());
      case RateTarget.Qp qp -> throw new IllegalArgumentException("a QP says nothing of differences from a base");
      case RateTarget.Lossless lossless -> throw new IllegalArgumentException("lossless");
    };
  }

  private RateTarget ofSnr(double decibels) {
    double error = statistics.variance() / StrictMath.pow(10, decibels / 10);
    if (statistics.meanSquaredChange() <= error && Double.isFinite(statistics.greatestChange())) {
      return null;
    }
    // The sum is rounded to the tensor's type. Where errors are far below its steps, rounding takes them away.
    double ofDifference = Math.max(error - statistics.roundingError(), error / 2);
    return new RateTarget.Snr(Math.max(LEAST_DECIBELS, decibels(statistics.changeVariance(), ofDifference)));
  }

  private RateTarget ofBound(double error) {
    if (statistics.greatestChange() <= error) {
      return null;
    }
    // The tensor's value is one that its type has. So rounding a sum to the type leads no further from it than the sum was.
    double ofSum = 2 * Math.ulp((float) statistics.greatest());
    double rounding = statistics.roundingError() > 0 ? error / 2 : Math.min(error / 2, ofSum);
    return new RateTarget.MaxError(error - rounding);
  }

  /**
   * Codes the tensor with loss.
   *
   * @param settings with a target for the tensor, not {@link RateTarget.Qp} or {@link RateTarget.Lossless}
   * @param difference what {@link #difference} has made
   * @param store receives the delta
   */
  public EncodedTensor codeWithLoss(CodingSettings settings, TensorView difference, StreamStore store) {
    if (isUnchanged()) {
      return unchanged(store, NO_ERROR);
    }
    RateTarget target = targetOfDifference(settings.target());
    if (target == null) {
      return result(unchanged(store, gain()), store.size(), gain());
    }
    EncodedTensor coded = code(settings.with(target), difference, store);
    if (settings.target() instanceof RateTarget.Snr asked) {
      for (int round = 0; round < MOST_CORRECTIONS && coded.snr() < asked.decibels() - TOLERANCE; round++) {
        // Few levels are left at low rates, and steps between qualities are not small in small tensors.
        target = new RateTarget.Snr(((RateTarget.Snr) target).decibels() + asked.decibels() - coded.snr());
        coded = code(settings.with(target), difference, store);
      }
    }
    return coded;
  }

  private EncodedTensor code(CodingSettings settings, TensorView difference, StreamStore store) {
    byte[] head = header(DeltaHeader.Kind.SUM, NO_ERROR, new int[checksums.length]).toBytes();
    EncodedTensor coded = new TargetSearch(settings, workers).code(difference, new HeadedStore(store, head));
    double error = statistics.changeVariance() / StrictMath.pow(10, coded.snr() / 10);
    double rounding = Math.min(statistics.roundingError(), error);
    double snr = decibels(statistics.variance(), error + rounding);
    store.overwrite(0, header(DeltaHeader.Kind.SUM, snr, new int[checksums.length]).toBytes());
    return result(coded, store.size(), snr);
  }

  /** A result without the weighted error, whose signal would be that of the difference. */
  private static EncodedTensor result(EncodedTensor of, long bytes, double snr) {
    return new EncodedTensor(
        of.values(), bytes, snr, of.qp(), of.outliers(), of.notFinite(), of.passes(), null, false);
  }
}
