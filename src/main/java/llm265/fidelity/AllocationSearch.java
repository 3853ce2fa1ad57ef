package llm265.fidelity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.lm.weights.WeightSource;
import llm265.model.CompressedModel;
import llm265.model.CompressionReport;
import llm265.model.MeasuredDivergence;
import llm265.model.ModelCompressor;
import llm265.parallel.Workers;

/**
 * Finds out what each tensor of a causal language model is worth, for the sharing of bits. It codes the model, and has it read a
 * text with one coded tensor at a time: the divergence that this brings, at that rate, is the tensor's weight. Bits are shared
 * anew with these weights, and so on.
 *
 * <p>The law that a divergence grows with the squared error does not hold over many bits, and least of all where a tensor is
 * nearly wiped out. So tensors are measured again where they have got to, and count with the geometric mean of all rounds;
 * without it rounds overshoot. What does best as a whole, on the same text, is taken. The result does not depend on the number of
 * threads.
 */
public final class AllocationSearch {
  /** Windows that are read: two have given the same weights, to a few hundredths, as six. */
  public static final int WINDOWS = 2;

  private static final int ROUNDS = 3;

  /** A tensor that changes nothing has no logarithm; this is far below what anything is worth. */
  private static final double LEAST_DIVERGENCE = 1e-12;

  private final ModelFolder folder;
  private final TokenWindows text;
  private final Executor executor;
  private final int threads;
  private final CausalFidelity fidelity;

  /**
   * A search.
   *
   * @param text what the model reads; {@link #WINDOWS} of its windows are used
   * @param executor decodes tensors and runs the model
   * @param threads number of threads at most, the calling one included
   * @throws llm265.checkpoint.file.ModelFormatException if the model is damaged, not supported, or no causal language model
   */
  public AllocationSearch(ModelFolder folder, TokenWindows text, Executor executor, int threads) {
    this.folder = folder;
    this.text = text.atMost(WINDOWS);
    this.executor = executor;
    this.threads = threads;
    fidelity = new CausalFidelity(load(folder.weights()), this.text);
  }

  private LanguageModel load(WeightSource weights) {
    return LanguageModel.load(folder.config(), weights, new Workers(executor, threads));
  }

  /**
   * What has been found.
   *
   * @param divergences for {@link ModelCompressor#withDivergences}; empty if nothing did better than the rule without them
   * @param before divergence of the whole model by that rule, on the text
   * @param after that with {@code divergences}
   */
  public record Found(Map<String, MeasuredDivergence> divergences, double before, double after) {}

  /** About how many tokens a search predicts. */
  public long tokens(ModelCompressor compressor) {
    return text.predicted() * (2 + ROUNDS * (1 + compressor.lossy(folder.checkpoint()).size()));
  }

  /**
   * Searches.
   *
   * @param compressor with a target in bits per value
   * @param progress receives numbers of tokens as they are predicted
   * @throws IOException if a file cannot be read, or temporary ones cannot be written
   * @throws IllegalArgumentException if the compressor does not fit the model
   */
  public Found search(ModelCompressor compressor, IntConsumer progress) throws IOException {
    fidelity.original(progress);
    Path temporary = Files.createTempDirectory("llm265");
    Path file = temporary.resolve("search.safetensors");
    try {
      List<Map<String, MeasuredDivergence>> rounds = new ArrayList<>();
      Found best = null;
      for (int round = 0; round <= ROUNDS; round++) {
        Map<String, MeasuredDivergence> divergences = mean(rounds);
        CompressionReport report = compressor.withDivergences(divergences).compress(folder.checkpoint(), file);
        try (CompressedModel coded = CompressedModel.open(file)) {
          CompressedWeights weights = new CompressedWeights(coded, executor, threads);
          double divergence = fidelity.of(load(weights), progress).divergence();
          if (best == null || divergence < best.after) {
            best = new Found(divergences, best == null ? divergence : best.before, divergence);
          }
          if (round < ROUNDS) {
            rounds.add(measure(report, weights, progress));
          }
        }
      }
      return best;
    } finally {
      Files.deleteIfExists(file);
      Files.delete(temporary);
    }
  }

  /** What each coded tensor alone does to the model. */
  private Map<String, MeasuredDivergence> measure(CompressionReport report, WeightSource coded, IntConsumer progress) {
    Map<String, MeasuredDivergence> measured = new LinkedHashMap<>();
    for (CompressionReport.Tensor tensor : report.tensors()) {
      if (tensor.isLossy()) {
        LanguageModel model = load(folder.weights().with(Map.of(tensor.name(), coded.read(tensor.name()))));
        double divergence = fidelity.of(model, progress).divergence();
        // A model that is out of its mind has a divergence that is not a number.
        measured.put(tensor.name(), new MeasuredDivergence(
            8.0 * tensor.bytes() / tensor.values(), divergence >= 0 ? Math.min(divergence, Float.MAX_VALUE) : Float.MAX_VALUE));
      }
    }
    return measured;
  }

  /** The logarithm of an error is nearly a straight line over bits: means of both are a point in the middle of it. */
  private static Map<String, MeasuredDivergence> mean(List<Map<String, MeasuredDivergence>> rounds) {
    Map<String, MeasuredDivergence> means = new LinkedHashMap<>();
    if (rounds.isEmpty()) {
      return means;
    }
    for (String tensor : rounds.getFirst().keySet()) {
      double bits = 0;
      double logarithms = 0;
      int count = 0;
      for (Map<String, MeasuredDivergence> round : rounds) {
        MeasuredDivergence measured = round.get(tensor);
        if (measured != null) {
          bits += measured.bitsPerValue();
          logarithms += StrictMath.log(Math.max(measured.divergence(), LEAST_DIVERGENCE));
          count++;
        }
      }
      means.put(tensor, new MeasuredDivergence(bits / count, StrictMath.exp(logarithms / count)));
    }
    return means;
  }
}
