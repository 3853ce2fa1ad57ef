package llm265.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.Checksum;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.rate.FileBudget;
import llm265.rate.RateTarget;
import llm265.tensor.EncodedTensor;
import llm265.tensor.StreamStore;
import llm265.tensor.encode.CodingSettings;
import llm265.tensor.encode.Known;
import llm265.tensor.encode.TargetSearch;

/** Compresses one model into a file: codes its tensors, some of them again until the file meets its target, and writes them. */
final class ModelCompression {
  /** How often tensors are coded again because others turned out larger or smaller than planned. */
  private static final int CORRECTIONS = 2;

  /** Tensors that lose something keep at least this share of the target; bytes that no rate can change may take the rest. */
  private static final double LEAST_LEFT = 0.5;

  /**
   * A tensor that is raised to the least quality is coded for this much more, in dB, since qualities are met only within some
   * hundredths.
   */
  private static final double QUALITY_MARGIN = 0.05;

  /** How often a bound on errors may be halved to reach the least quality. */
  private static final int MOST_HALVINGS = 12;

  /** In a model where other tensors lose something, a lossless tensor must get smaller by this share to be worth decoding. */
  private static final double LEAST_SAVING = 0.02;

  private final Checkpoint input;
  private final ModelSettings settings;
  private final Spool spool;
  private final List<TensorView> tensors;
  private final TensorSelection selection;
  /** The coded tensors; null for those that are kept. */
  private final Coded[] coded;
  private boolean targetOfStreamsAlone;

  private record Coded(EncodedTensor result, Spool.Entry entry, boolean raised) {}

  ModelCompression(Checkpoint input, ModelSettings settings, Spool spool) {
    this.input = input;
    this.settings = settings;
    this.spool = spool;
    this.tensors = input.tensors();
    this.selection = TensorSelection.of(tensors, settings);
    this.coded = new Coded[tensors.size()];
  }

  CompressionReport compress(Path output) throws IOException {
    int[] lossy = selection.all(TensorSelection.Kind.LOSSY);
    int[] exact = selection.all(TensorSelection.Kind.EXACT);
    requireFit(lossy);
    codeEach(exact, this::codeExactly);
    if (settings.target() instanceof RateTarget.Bits bits && lossy.length > 0) {
      codeWithinBudget(lossy, bits.bitsPerValue());
    } else {
      codeEach(lossy, i -> raised(i, code(i, settings.codingOf(tensors.get(i), targetOf(tensors.get(i))))));
    }
    return write(output);
  }

  /** Reports wrong settings before all the work. */
  private void requireFit(int[] lossy) {
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
    List<TensorView> views = Arrays.stream(lossy).mapToObj(tensors::get).toList();
    double values = views.stream().mapToDouble(TensorView::count).sum();
    double whole = tensors.stream().mapToDouble(TensorView::count).sum() * bitsPerValue / 8;
    double left = whole - fixedBytes(lossy, whole);
    double asked = values * bitsPerValue / 8;
    targetOfStreamsAlone = left < LEAST_LEFT * asked;
    BudgetPlanner.Plan plan = targetOfStreamsAlone
        ? BudgetPlanner.plan(settings, views, asked, asked)
        : BudgetPlanner.plan(settings, views, left, whole);
    FileBudget budget = plan.budget();
    int[] positions = new int[lossy.length];
    Arrays.setAll(positions, p -> p);
    Known[] known = plan.known();
    for (int round = 0; positions.length > 0 && round <= CORRECTIONS; round++) {
      int[] now = positions;
      codeEach(
          Arrays.stream(now).map(p -> lossy[p]).toArray(),
          i -> {
            int p = Arrays.binarySearch(lossy, i);
            CodingSettings coding = settings.codingOf(tensors.get(i), new RateTarget.Bits(budget.target(p)));
            return raised(i, code(i, coding.with(known[p])));
          });
      for (int p : now) {
        if (coded[lossy[p]] == null || coded[lossy[p]].raised()) {
          budget.fix(p, dataBytes(lossy[p]));
        }
      }
      double[] wanted = IntStream.range(0, lossy.length).mapToDouble(budget::target).toArray();
      positions = budget.correct(Arrays.stream(lossy).mapToLong(this::dataBytes).toArray());
      for (int p : positions) {
        known[p] = known[p].exact(wanted[p], coded[lossy[p]].result());
      }
    }
  }

  /**
   * Bytes of the file that are not lossy streams: other tensors, and the header for the case that lossy streams take their
   * share of the file.
   */
  private double fixedBytes(int[] lossy, double whole) {
    double lossyValues = Arrays.stream(lossy).mapToDouble(i -> tensors.get(i).count()).sum();
    boolean[] isStream = new boolean[tensors.size()];
    long[] sizes = new long[tensors.size()];
    for (int i = 0; i < sizes.length; i++) {
      isStream[i] = coded[i] != null;
      sizes[i] = dataBytes(i);
    }
    double fixed = Arrays.stream(sizes).asDoubleStream().sum();
    for (int i : lossy) {
      fixed -= sizes[i];
      isStream[i] = true;
      sizes[i] = (long) (whole * tensors.get(i).count() / lossyValues);
    }
    Map<String, String> metadata = metadata(isStream, new int[sizes.length]);
    return fixed + HeaderSize.ofFile(HeaderSize.ofJson(metadata, tensors, sizes, isStream));
  }

  private void codeEach(int[] indices, IntFunction<Coded> coder) {
    settings.workers().forEachInOrder(
        indices.length,
        p -> coder.apply(indices[p]),
        (p, result) -> {
          int i = indices[p];
          coded[i] = result != null && isWorthIt(result, tensors.get(i)) ? result : null;
          settings.progress().accept(report(i));
        });
  }

  /**
   * A lossy stream that saves nothing is not worth its loss. A lossless one that saves next to nothing is not worth its
   * decoding.
   */
  private boolean isWorthIt(Coded result, TensorView tensor) {
    boolean isBeside = result.result().isLossless() && !(settings.target() instanceof RateTarget.Lossless);
    double most = isBeside ? (1 - LEAST_SAVING) * tensor.byteSize() : tensor.byteSize();
    return result.entry().size() < most;
  }

  private Coded codeExactly(int i) {
    return code(i, settings.coding().with(new RateTarget.Lossless()));
  }

  private Coded code(int i, CodingSettings coding) {
    try {
      StreamStore store = spool.open(tensors.get(i).count());
      EncodedTensor result = new TargetSearch(coding, settings.workers()).code(tensors.get(i), store);
      return new Coded(result, spool.keep(store), false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The coded tensor, coded again if its quality is below the least one; null if that quality cannot be reached. */
  private Coded raised(int i, Coded result) {
    TensorView tensor = tensors.get(i);
    // Where the outputs of a layer count, weights of inputs that are hardly there may lose nearly all.
    if (isGoodEnough(result) || settings.target() instanceof RateTarget.Qp || settings.hasMoments(tensor)) {
      return result;
    }
    Coded better;
    if (settings.target() instanceof RateTarget.MaxError bound) {
      // A smaller bound also keeps the promise of the greater one.
      double error = bound.error();
      int halvings = 0;
      do {
        error /= 2;
        better = code(i, settings.codingOf(tensor, new RateTarget.MaxError(error)));
      } while (!isGoodEnough(better) && ++halvings < MOST_HALVINGS);
    } else {
      better = code(i, settings.codingOf(tensor, new RateTarget.Snr(settings.leastSnr() + QUALITY_MARGIN)));
    }
    return isGoodEnough(better)
        ? new Coded(better.result(), better.entry(), true)
        : codeExactly(i);
  }

  private boolean isGoodEnough(Coded result) {
    // If no value is finite the quality is not a number.
    return !(result.result().snr() < settings.leastSnr());
  }

  private long dataBytes(int i) {
    return coded[i] == null ? tensors.get(i).byteSize() : coded[i].entry().size();
  }

  private CompressionReport.Tensor report(int i) {
    TensorView tensor = tensors.get(i);
    CompressionReport.Kept reason = selection.reason(i);
    return new CompressionReport.Tensor(
        tensor.name(), tensor.dtype(), tensor.shape(), tensor.count(), tensor.byteSize(), dataBytes(i),
        coded[i] == null ? null : coded[i].result(),
        coded[i] != null ? null : reason == null ? CompressionReport.Kept.NO_GAIN : reason,
        coded[i] != null && coded[i].raised());
  }

  private CompressionReport write(Path output) throws IOException {
    boolean[] isStream = new boolean[coded.length];
    long[] sizes = new long[coded.length];
    for (int i = 0; i < coded.length; i++) {
      isStream[i] = coded[i] != null;
      sizes[i] = dataBytes(i);
    }
    Map<String, String> metadata = metadata(isStream, checksums());
    long header = HeaderSize.ofJson(metadata, tensors, sizes, isStream);
    List<CompressionReport.Tensor> reports = new ArrayList<>();
    // The writer adds the two braces itself.
    try (SafetensorsWriter writer = SafetensorsWriter.create(output, header - 2)) {
      for (int i = 0; i < coded.length; i++) {
        writeTensor(writer, i);
        reports.add(report(i));
      }
      writer.commit(metadata);
    }
    return new CompressionReport(reports, HeaderSize.ofFile(header) + Arrays.stream(sizes).sum(), targetOfStreamsAlone);
  }

  private void writeTensor(SafetensorsWriter writer, int i) throws IOException {
    TensorView tensor = tensors.get(i);
    if (coded[i] == null) {
      writer.add(tensor);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stream = coded[i].entry().map(arena);
      writer.begin(tensor.name(), DType.U8);
      writer.write(stream);
      writer.end(stream.byteSize());
    }
  }

  private int[] checksums() {
    int[] crcs = new int[coded.length];
    settings.workers().forEachInOrder(
        coded.length, i -> coded[i] == null ? Checksum.crc32c(tensors.get(i).data()) : 0, (i, crc) -> crcs[i] = crc);
    return crcs;
  }

  /** The input's metadata together with the index. */
  private Map<String, String> metadata(boolean[] isStream, int[] crcs) {
    Map<String, ModelIndex.Original> streams = new LinkedHashMap<>();
    Map<String, Integer> checksums = new LinkedHashMap<>();
    for (int i = 0; i < crcs.length; i++) {
      TensorView tensor = tensors.get(i);
      if (isStream[i]) {
        streams.put(tensor.name(), new ModelIndex.Original(tensor.dtype(), tensor.shape()));
      } else {
        checksums.put(tensor.name(), crcs[i]);
      }
    }
    Map<String, String> metadata = new LinkedHashMap<>(input.metadata());
    metadata.put(ModelIndex.KEY, new ModelIndex(streams, checksums).toJson());
    return metadata;
  }
}
