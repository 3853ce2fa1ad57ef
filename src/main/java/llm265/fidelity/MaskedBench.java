package llm265.fidelity;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import llm265.baseline.Baselines;
import llm265.baseline.WeightQuantizer;
import llm265.dtype.TensorView;
import llm265.lm.Encoder;
import llm265.lm.weights.ModelFolder;
import llm265.lm.weights.WeightSource;
import llm265.model.CompressedModel;
import llm265.parallel.Workers;

/**
 * {@code llm265 bench fidelity} on encoders that predict masked tokens: bits against divergence, for our codecs and published
 * quantizers that are not calibrated. Rows are those of {@link FidelityBench}.
 */
public final class MaskedBench {
  private static final String MODELS = "models of masked tokens";

  private final Executor executor;
  private final int threads;
  private final List<MethodLine<Method>> lines;

  /** Makes a model smaller. */
  private interface Method {
    String name();

    MethodResult<Encoder> apply(ModelFolder folder) throws IOException;
  }

  private record Codec(CodecForm form, Executor executor, int threads) implements Method {
    @Override
    public String name() {
      return form.name();
    }

    @Override
    public MethodResult<Encoder> apply(ModelFolder folder) throws IOException {
      return CodecForm.apply(folder.checkpoint(), form::compressor, file -> {
        try (CompressedModel compressed = CompressedModel.open(file)) {
          WeightSource weights = new CompressedWeights(compressed, executor, threads);
          return Encoder.load(folder.config(), weights, new Workers(executor, threads));
        }
      });
    }
  }

  private record Baseline(WeightQuantizer quantizer, Workers workers) implements Method {
    @Override
    public String name() {
      return quantizer.name();
    }

    @Override
    public MethodResult<Encoder> apply(ModelFolder folder) {
      long start = System.nanoTime();
      SeparateTensors tensors = SeparateTensors.of(folder, quantizer, CodecForm.lossy(folder.checkpoint()), Set.of());
      double seconds = (System.nanoTime() - start) * 1e-9;
      Encoder encoder = Encoder.load(folder.config(), folder.weights().with(tensors.weights()), workers);
      return new MethodResult<>(encoder, tensors.bits(), seconds);
    }
  }

  /**
   * A bench.
   *
   * @param methods names of {@link MethodLine#forms}; each at all rates that it can have
   * @param bits rates
   * @throws IllegalArgumentException if there is no such method, a method has none of the rates, or is calibrated
   */
  public MaskedBench(List<String> methods, double[] bits, Executor executor, int threads) {
    this.executor = executor;
    this.threads = threads;
    lines = MethodLine.of(methods, bits, executor, threads, new MethodLine.Factory<>() {
      @Override
      public Method codec(CodecForm form) {
        MethodLine.requireDataFree(form.name(), form.isCalibrated(), MODELS);
        return new Codec(form, executor, threads);
      }

      @Override
      public Method baseline(String specification) {
        WeightQuantizer quantizer = Baselines.of(specification, new Workers(executor, threads));
        MethodLine.requireDataFree(specification, quantizer.isCalibrated(), MODELS);
        return new Baseline(quantizer, new Workers(executor, threads));
      }
    });
  }

  /** Number of rows for each model. */
  public int rows() {
    return MethodLine.rows(lines);
  }

  /**
   * Measures all methods on a model: first the original, then method by method, rates ascending.
   *
   * @param text as {@link TokenWindows#enclosed} makes it
   * @param mask the token that stands for the one to predict
   * @param progress receives numbers of tokens of {@code text} as they are done, for each row
   * @throws IOException if a file cannot be read or written
   * @throws IllegalArgumentException if the model has no head
   */
  public void measure(ModelFolder folder, TokenWindows text, int mask, IntConsumer progress, FidelityBench.Sink sink)
      throws IOException {
    Encoder original = Encoder.load(folder.config(), folder.weights(), new Workers(executor, threads));
    MaskedFidelity fidelity = new MaskedFidelity(original, text, mask);
    double values = folder.checkpoint().tensors().stream().mapToLong(TensorView::count).sum();
    double bytes = folder.checkpoint().tensors().stream().mapToLong(TensorView::byteSize).sum();
    sink.accept(new FidelityBench.Row("original", "original", 8 * bytes / values, fidelity.original(progress), Double.NaN));
    for (MethodLine<Method> line : lines) {
      for (Method method : line.methods()) {
        MethodResult<Encoder> result = method.apply(folder);
        sink.accept(new FidelityBench.Row(
            line.name(), method.name(), result.bits() / values, fidelity.of(result.model(), progress), result.seconds()));
      }
    }
  }
}
