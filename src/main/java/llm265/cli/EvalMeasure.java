package llm265.cli;

import java.util.List;
import java.util.function.IntConsumer;
import llm265.cli.output.FigureTable.Column;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.fidelity.CausalFidelity;
import llm265.fidelity.EmbeddingFidelity;
import llm265.fidelity.Fidelity;
import llm265.fidelity.MaskedFidelity;
import llm265.fidelity.SentenceEncoder;
import llm265.fidelity.Sentences;
import llm265.fidelity.TokenWindows;
import llm265.lm.Encoder;
import llm265.lm.LanguageModel;
import llm265.lm.architecture.Architecture;
import llm265.lm.token.Tokenizer;
import llm265.lm.weights.ModelConfig;
import llm265.lm.weights.WeightSource;
import llm265.parallel.Workers;

/** What {@code llm265 eval} measures of models of one kind: causal ones, encoders with a head, and encoders without. */
abstract class EvalMeasure {
  private static final Column AGREEMENT = new Column("top-1 %", "%.2f", "top1Percent");

  final Workers workers;

  private EvalMeasure(Workers workers) {
    this.workers = workers;
  }

  /**
   * A text to measure models on.
   *
   * @param window greatest number of tokens that a model sees at once; 0 for the usual number
   * @param most number of windows, or of sentences
   */
  record Text(Tokenizer tokenizer, String text, int window, int most) {
    private static final String MASK = "[MASK]";
    private static final int MASKED_WINDOW = 128;

    /** The length of windows for a model. */
    int length(int usual, int context) {
      if (window > context) {
        throw new IllegalArgumentException("--window " + window + " is more than the model's context of " + context + " tokens");
      }
      return window > 0 ? window : Math.min(usual, context);
    }

    /** Windows whose tokens are masked one by one. */
    TokenWindows masked(int context) {
      return TokenWindows.enclosed(tokenizer, text, length(MASKED_WINDOW, context), most);
    }

    int mask() {
      return tokenizer.id(MASK).orElseThrow(() -> new IllegalArgumentException("the tokenizer has no token " + MASK));
    }
  }

  /** The measure for an original. */
  static EvalMeasure of(ModelConfig config, WeightSource weights, Workers workers, Text text) {
    if (Architecture.of(config).isCausal()) {
      return new Causal(LanguageModel.load(config, weights, workers), workers, text);
    }
    Encoder encoder = Encoder.load(config, weights, workers);
    return encoder.hasHead() ? new Masked(encoder, workers, text) : new Embeddings(encoder, workers, text);
  }

  /** The word for it in JSON. */
  abstract String kind();

  /** The columns of its figures. */
  abstract List<Column> columns();

  /** Number of tokens of a model to be done. */
  abstract long tokens();

  /** Greatest number of tokens that a model sees at once. */
  abstract int window();

  /** Number of windows, or of sentences. */
  abstract int windows();

  /** What was measured, in one line. */
  abstract String note();

  /** The figures of the original, under {@link #columns}. */
  abstract double[] original(IntConsumer progress);

  /** The figures of another model. */
  abstract double[] other(ModelConfig config, WeightSource weights, IntConsumer progress);

  /** Index of the mean divergence among the figures; -1 if there is none. */
  int divergence() {
    return -1;
  }

  /** Predictions of tokens. */
  private abstract static class Predictions extends EvalMeasure {
    final TokenWindows text;
    private final int window;

    Predictions(Workers workers, TokenWindows text, int window) {
      super(workers);
      this.text = text;
      this.window = window;
    }

    @Override
    List<Column> columns() {
      return List.of(
          new Column("perplexity", "%.4f +- %.4f", "perplexity", "perplexityError"),
          new Column("loss - original", "%.5f +- %.5f", "lossDifference", "lossDifferenceError"),
          new Column("mean KL", "%.6f", "meanDivergence"),
          new Column("99 % KL", "%.5f", "divergence99"),
          AGREEMENT,
          new Column("tokens", "%.0f", "tokens"));
    }

    @Override
    int divergence() {
      return 4;
    }

    static double[] figures(Fidelity f) {
      return new double[] {
        f.perplexity(), f.perplexityError(), f.excess(), f.excessError(), f.divergence(), f.divergence99(),
        100 * f.agreement(), f.tokens()
      };
    }

    @Override
    int window() {
      return window;
    }

    @Override
    int windows() {
      return text.windows().size();
    }

    @Override
    String note() {
      int length = text.windows().getFirst().length;
      String windows = Notes.count(windows(), "window") + " of " + length + " tokens, " + tokens() + " of them predicted";
      return length < window ? windows + ": the text is shorter than a window of " + window : windows;
    }
  }

  private static final class Causal extends Predictions {
    private static final int WINDOW = 512;

    private final CausalFidelity fidelity;

    Causal(LanguageModel original, Workers workers, Text text) {
      this(original, workers, text, text.length(WINDOW, original.contextLength()));
    }

    private Causal(LanguageModel original, Workers workers, Text text, int window) {
      super(workers, TokenWindows.of(text.tokenizer(), text.text(), window, text.most()), window);
      fidelity = new CausalFidelity(original, this.text);
    }

    @Override
    String kind() {
      return "causal";
    }

    @Override
    long tokens() {
      return text.predicted();
    }

    @Override
    double[] original(IntConsumer progress) {
      return figures(fidelity.original(progress));
    }

    @Override
    double[] other(ModelConfig config, WeightSource weights, IntConsumer progress) {
      return figures(fidelity.of(LanguageModel.load(config, weights, workers), progress));
    }
  }

  private static final class Masked extends Predictions {
    private final MaskedFidelity fidelity;

    Masked(Encoder original, Workers workers, Text text) {
      super(workers, text.masked(original.contextLength()), text.length(Text.MASKED_WINDOW, original.contextLength()));
      fidelity = new MaskedFidelity(original, this.text, text.mask());
    }

    @Override
    String kind() {
      return "masked";
    }

    @Override
    long tokens() {
      return text.tokens();
    }

    @Override
    double[] original(IntConsumer progress) {
      return figures(fidelity.original(progress));
    }

    @Override
    double[] other(ModelConfig config, WeightSource weights, IntConsumer progress) {
      return figures(fidelity.of(Encoder.load(config, weights, workers), progress));
    }
  }

  /** Embeddings of sentences. */
  private static final class Embeddings extends EvalMeasure {
    private static final int WINDOW = 512;

    private final Encoder original;
    private final Sentences sentences;
    private final int window;
    private EmbeddingFidelity fidelity;

    Embeddings(Encoder original, Workers workers, Text text) {
      super(workers);
      this.original = original;
      window = text.length(WINDOW, original.contextLength());
      sentences = Sentences.of(text.tokenizer(), text.text(), window, text.most());
    }

    @Override
    String kind() {
      return "embeddings";
    }

    @Override
    List<Column> columns() {
      return List.of(
          new Column("mean cosine", "%.6f", "meanCosine"),
          new Column("least cosine", "%.6f", "leastCosine"),
          new Column("rank agreement", "%.6f", "rankCorrelation"),
          new Column("sentences", "%.0f", "sentences"),
          new Column("tokens", "%.0f", "tokens"));
    }

    @Override
    long tokens() {
      return sentences.tokens();
    }

    @Override
    int window() {
      return window;
    }

    @Override
    int windows() {
      return sentences.sentences().size();
    }

    @Override
    String note() {
      return Format.number("%s of %d tokens", Notes.count(windows(), "sentence"), tokens());
    }

    private static double[] figures(EmbeddingFidelity.Result result) {
      return new double[] {
        result.meanCosine(), result.leastCosine(), result.rankCorrelation(), result.sentences(), result.tokens()
      };
    }

    @Override
    double[] original(IntConsumer progress) {
      fidelity = new EmbeddingFidelity(SentenceEncoder.of(original), sentences, progress);
      return figures(fidelity.original());
    }

    @Override
    double[] other(ModelConfig config, WeightSource weights, IntConsumer progress) {
      return figures(fidelity.of(SentenceEncoder.of(Encoder.load(config, weights, workers)), progress));
    }
  }
}
