package llm265.fidelity;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import llm265.dtype.TensorView;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;

/**
 * {@code llm265 bench fidelity}: bits against fidelity, for our codecs and published quantizers. Bits are all that is stored, for
 * all tensors, over all values of the model: kept tensors and the headers of our files count.
 */
public final class FidelityBench {
  private final Executor executor;
  private final int threads;
  private final List<MethodLine<WeightMethod>> lines;

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
   * @param methods names of {@link MethodLine#forms}; each at all rates that it can have
   * @param bits rates
   * @throws IllegalArgumentException if there is no such method, or a method has none of the rates
   */
  public FidelityBench(List<String> methods, double[] bits, Executor executor, int threads) {
    this.executor = executor;
    this.threads = threads;
    Workers workers = new Workers(executor, threads);
    lines = MethodLine.of(methods, bits, executor, threads, new MethodLine.Factory<>() {
      @Override
      public WeightMethod codec(CodecForm form) {
        return new CodecMethod(form, executor, threads);
      }

      @Override
      public WeightMethod baseline(String specification) {
        return BaselineMethod.of(specification, workers);
      }
    });
  }

  /** Whether a method needs a text to be calibrated on. */
  public boolean isCalibrated() {
    return lines.stream().flatMap(line -> line.methods().stream()).anyMatch(WeightMethod::isCalibrated);
  }

  /** Number of rows for each model. */
  public int rows() {
    return MethodLine.rows(lines);
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
      for (MethodLine<WeightMethod> line : lines) {
        for (WeightMethod method : line.methods()) {
          MethodResult<LanguageModel> result = method.apply(folder, calibration);
          Fidelity measured = fidelity.of(result.model(), progress);
          sink.accept(new Row(line.name(), method.name(), result.bits() / values, measured, result.seconds()));
        }
      }
    }
  }
}
