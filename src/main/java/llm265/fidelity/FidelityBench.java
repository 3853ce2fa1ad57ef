package llm265.fidelity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import llm265.baseline.Baselines;
import llm265.dtype.TensorView;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;

/**
 * {@code llm265 bench fidelity}: bits against fidelity, for our codecs and published quantizers. Bits are all that is stored, for
 * all tensors, over all values of the model: kept tensors and the headers of our files count.
 */
public final class FidelityBench {
  /** Stands for a whole number of bits. */
  private static final String PLACE = "{b}";

  /** Usual forms of methods whose names say only which. */
  private static final List<String> USUAL = List.of("rtn{b}g128", "gptq{b}g128", "awq{b}g128", "quarot{b}");

  private static final int MOST_WHOLE_BITS = 8;
  private static final int LEAST_WHOLE_BITS = 2;

  private final Executor executor;
  private final int threads;
  private final List<Line> lines;

  /** A line of the plot: a method at all its rates. */
  private record Line(String name, List<WeightMethod> methods) {}

  /**
   * One measurement.
   *
   * @param line the method without its rate
   * @param method the method
   * @param bits bits per value
   * @param seconds time taken to make the model smaller; what several methods share is left out
   */
  public record Row(String line, String method, double bits, Fidelity fidelity, double seconds) {}

  /**
   * A bench.
   *
   * @param methods names of {@link #forms}; each at all rates that it can have
   * @param bits rates
   * @throws IllegalArgumentException if there is no such method, or a method has none of the rates
   */
  public FidelityBench(List<String> methods, double[] bits, Executor executor, int threads) {
    this.executor = executor;
    this.threads = threads;
    double[] sorted = Arrays.stream(bits).sorted().distinct().toArray();
    lines = methods.stream().map(name -> line(name.toLowerCase(Locale.ROOT), sorted)).toList();
  }

  /** What names of methods there are, in one line. */
  public static String forms() {
    return CodecMethod.forms() + ", rtn, gptq, awq, quarot, " + Baselines.forms()
        + "; {b} in a name stands for the whole numbers among --bits";
  }

  private Line line(String name, double[] bits) {
    List<WeightMethod> methods = new ArrayList<>();
    if (CodecMethod.is(name)) {
      Arrays.stream(bits).forEach(rate -> methods.add(CodecMethod.of(name, rate, executor, threads)));
      return new Line(name, methods);
    }
    String form = USUAL.stream().filter(usual -> usual.startsWith(name + PLACE)).findFirst().orElse(name);
    Workers workers = new Workers(executor, threads);
    if (!form.contains(PLACE)) {
      return new Line(form, List.of(BaselineMethod.of(form, workers)));
    }
    Arrays.stream(bits)
        .filter(rate -> rate == Math.rint(rate) && rate >= LEAST_WHOLE_BITS && rate <= MOST_WHOLE_BITS)
        .forEach(rate -> methods.add(BaselineMethod.of(form.replace(PLACE, Long.toString((long) rate)), workers)));
    if (methods.isEmpty()) {
      throw new IllegalArgumentException(form + " takes whole numbers of bits, 2 to 8, and there are none");
    }
    return new Line(form, methods);
  }

  /** Whether a method needs a text to be calibrated on. */
  public boolean isCalibrated() {
    return lines.stream().flatMap(line -> line.methods.stream()).anyMatch(WeightMethod::isCalibrated);
  }

  /** Number of rows for each model. */
  public int rows() {
    return 1 + lines.stream().mapToInt(line -> line.methods.size()).sum();
  }

  /** Receives rows as they come. */
  public interface Sink {
    void accept(Row row) throws IOException;
  }

  /**
   * Measures all methods on a model: first the original, then method by method, rates ascending.
   *
   * @param text what fidelity is measured on
   * @param calibrationText what calibrated methods see; null if none is
   * @param progress receives numbers of tokens of {@code text} as they are done, for each row
   * @throws IOException if a file cannot be read or written
   * @throws IllegalArgumentException if a method cannot be used on the model
   */
  public void measure(
      ModelFolder folder, TokenWindows text, TokenWindows calibrationText, IntConsumer progress, Sink sink) throws IOException {
    Workers workers = new Workers(executor, threads);
    CausalFidelity fidelity =
        new CausalFidelity(LanguageModel.load(folder.config(), folder.weights(), workers), text);
    double values = folder.checkpoint().tensors().stream().mapToLong(TensorView::count).sum();
    double bytes = folder.checkpoint().tensors().stream().mapToLong(TensorView::byteSize).sum();
    sink.accept(new Row("original", "original", 8 * bytes / values, fidelity.original(progress), Double.NaN));
    try (Calibration calibration = new Calibration(folder, calibrationText, workers)) {
      for (Line line : lines) {
        for (WeightMethod method : line.methods) {
          WeightMethod.Result result = method.apply(folder, calibration);
          Fidelity measured = fidelity.of(result.model(), progress);
          sink.accept(new Row(line.name, method.name(), result.bits() / values, measured, result.seconds()));
        }
      }
    }
  }
}
