package llm265.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import llm265.checkpoint.Checkpoint;
import llm265.dtype.TensorView;
import llm265.rate.FileBudget;
import llm265.rate.RateTarget;
import llm265.tensor.encode.Known;

/**
 * Compresses one model: has its tensors coded, some of them again until the whole meets its target. Reads none of the tensors'
 * data itself. Used once.
 */
public final class ModelCompression {
  /** How often tensors are coded again because others turned out larger or smaller than planned. */
  private static final int CORRECTIONS = 2;

  /** Tensors that lose something keep at least this share of the target; bytes that no rate can change may take the rest. */
  private static final double LEAST_LEFT = 0.5;

  /** In a model where other tensors lose something, a lossless tensor must get smaller by this share to be worth decoding. */
  private static final double LEAST_SAVING = 0.02;

  private final ModelSettings settings;
  private final TensorCoder coder;
  private final List<TensorView> tensors;
  private final TensorSelection selection;
  private final CodingResult[] coded;
  private final CodedModel model;
  private boolean targetOfStreamsAlone;

  ModelCompression(Checkpoint input, ModelSettings settings, TensorCoder coder) {
    this.settings = settings;
    this.coder = coder;
    this.tensors = input.tensors();
    this.selection = TensorSelection.of(tensors, settings);
    this.coded = new CodingResult[tensors.size()];
    this.model = new CodedModel(input.metadata(), SourceHeader.of(input).orElse(null), settings.baseName(), tensors, coded);
  }

  /**
   * Codes what is to be coded.
   *
   * @throws IllegalArgumentException as {@link ModelCompressor#compress(java.nio.file.Path, java.nio.file.Path)}
   */
  public CodedModel code() {
    int[] lossy = selection.all(TensorSelection.Kind.LOSSY);
    requireFit(lossy);
    codeEach(IntStream.range(0, tensors.size()).filter(this::isExact).mapToObj(CodingJob::exact).toList());
    if (settings.target() instanceof RateTarget.Bits bits && lossy.length > 0) {
      codeWithinBudget(lossy, bits.bitsPerValue());
    } else {
      codeEach(Arrays.stream(lossy)
          .mapToObj(i -> new CodingJob(i, 0, targetOf(tensors.get(i)), Known.NOTHING)).toList());
    }
    return model;
  }

  /** Tensors that would be kept may be the base's. */
  private boolean isExact(int i) {
    return selection.kind(i) == TensorSelection.Kind.EXACT
        || selection.kind(i) == TensorSelection.Kind.KEPT && selection.reason(i) != CompressionReport.Kept.UNWANTED
            && settings.delta(tensors.get(i)) != null && settings.delta(tensors.get(i)).canBeExact();
  }

  /** Reports wrong settings before all the work. */
  private void requireFit(int[] lossy) {
    if (settings.target() instanceof RateTarget.Qp && settings.base() != null) {
      throw new IllegalArgumentException("a quantization parameter says nothing of what tensors differ by from a base");
    }
    if (settings.target() instanceof RateTarget.Snr snr && snr.decibels() < settings.leastSnr()) {
      throw new IllegalArgumentException(
          snr.decibels() + " dB are less than the " + settings.leastSnr()
          + " dB that no tensor goes below unless that is forced");
    }
    if (selection.isEmptiedByFilter(tensors, settings)) {
      throw new IllegalArgumentException("the filter leaves out every tensor that could be compressed");
    }
    settings.requirePinsFound(Arrays.stream(lossy).mapToObj(tensors::get).toList());
    Arrays.stream(lossy).forEach(i -> settings.weights(tensors.get(i)));
  }

  private RateTarget targetOf(TensorView tensor) {
    OptionalDouble pin = settings.pinned(tensor);
    return pin.isPresent() ? new RateTarget.Bits(pin.getAsDouble()) : settings.target();
  }

  private void codeWithinBudget(int[] lossy, double bitsPerValue) {
    double values = Arrays.stream(lossy).mapToDouble(i -> tensors.get(i).count()).sum();
    double whole = tensors.stream().mapToDouble(TensorView::count).sum() * bitsPerValue / 8;
    double left = whole - fixedBytes(lossy, whole);
    double asked = values * bitsPerValue / 8;
    targetOfStreamsAlone = left < LEAST_LEFT * asked;
    BudgetPlanner.Plan plan = targetOfStreamsAlone
        ? BudgetPlanner.plan(settings, coder, tensors, lossy, asked, asked)
        : BudgetPlanner.plan(settings, coder, tensors, lossy, left, whole);
    FileBudget budget = plan.budget();
    int[] positions = IntStream.range(0, lossy.length).toArray();
    Known[] known = plan.known();
    for (int round = 0; positions.length > 0 && round <= CORRECTIONS; round++) {
      List<CodingJob> jobs = new ArrayList<>();
      for (int p : positions) {
        jobs.add(new CodingJob(lossy[p], round, new RateTarget.Bits(budget.target(p)), known[p]));
      }
      codeEach(jobs);
      for (int p : positions) {
        if (coded[lossy[p]] == null || coded[lossy[p]].raised()) {
          budget.fix(p, model.dataBytes(lossy[p]));
        }
      }
      double[] wanted = IntStream.range(0, lossy.length).mapToDouble(budget::target).toArray();
      positions = budget.correct(Arrays.stream(lossy).mapToLong(model::dataBytes).toArray());
      for (int p : positions) {
        known[p] = known[p].exact(wanted[p], coded[lossy[p]].encoded());
      }
    }
  }

  /**
   * Bytes of the file that are not lossy streams: other tensors, and all else for the case that lossy streams take their
   * share of the file.
   */
  private double fixedBytes(int[] lossy, double whole) {
    double lossyValues = Arrays.stream(lossy).mapToDouble(i -> tensors.get(i).count()).sum();
    boolean[] areCoded = new boolean[tensors.size()];
    long[] sizes = new long[tensors.size()];
    for (int i = 0; i < sizes.length; i++) {
      areCoded[i] = coded[i] != null;
      sizes[i] = model.dataBytes(i);
    }
    double fixed = Arrays.stream(sizes).asDoubleStream().sum();
    for (int i : lossy) {
      fixed -= sizes[i];
      areCoded[i] = true;
      sizes[i] = (long) (whole * tensors.get(i).count() / lossyValues);
    }
    return fixed + model.bytesBesideTensors(areCoded, sizes);
  }

  private void codeEach(List<CodingJob> jobs) {
    coder.code(jobs, (job, result) -> {
      int i = job.tensor();
      coded[i] = isWorthIt(result, tensors.get(i)) ? result : null;
      settings.progress().accept(report(i));
    });
  }

  /**
   * A lossy stream that saves nothing is not worth its loss. A lossless one that saves next to nothing is not worth its
   * decoding.
   */
  private boolean isWorthIt(CodingResult result, TensorView tensor) {
    boolean isBeside = result.encoded().isLossless() && !(settings.target() instanceof RateTarget.Lossless);
    double most = isBeside ? (1 - LEAST_SAVING) * tensor.byteSize() : tensor.byteSize();
    return result.stream().size() < most;
  }

  private CompressionReport.Tensor report(int i) {
    TensorView tensor = tensors.get(i);
    CompressionReport.Kept reason = selection.reason(i);
    return new CompressionReport.Tensor(
        tensor.name(), tensor.dtype(), tensor.shape(), tensor.count(), tensor.byteSize(), model.dataBytes(i),
        coded[i] == null ? null : coded[i].encoded(),
        coded[i] != null ? null : reason == null ? CompressionReport.Kept.NO_GAIN : reason,
        coded[i] != null && coded[i].isDelta(), coded[i] != null && coded[i].raised());
  }

  /**
   * What came of it.
   *
   * @param bytes size of what has been written
   */
  public CompressionReport report(long bytes) {
    return new CompressionReport(
        IntStream.range(0, coded.length).mapToObj(this::report).toList(), bytes, targetOfStreamsAlone);
  }
}
