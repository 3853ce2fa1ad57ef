package llm265.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.bench.Plot;
import llm265.checkpoint.file.OutputFile;
import llm265.cli.output.FigureTable;
import llm265.cli.output.FigureTable.Column;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.cli.output.Progress;
import llm265.fidelity.Fidelity;
import llm265.fidelity.TokenWindows;
import llm265.fidelity.kv.CausalSubject;
import llm265.fidelity.kv.KvBench;
import llm265.fidelity.kv.KvOptions;
import llm265.fidelity.kv.KvSubject;
import llm265.fidelity.kv.MaskedSubject;
import llm265.lm.Encoder;
import llm265.lm.LanguageModel;
import llm265.lm.architecture.Architecture;
import llm265.lm.token.Tokenizer;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;
import llm265.runtime.transform.KvProfile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 bench kv}. */
@Command(
    name = "kv",
    description = {
      "Bits of keys and values against a model's predictions: the codec of llm265 kv, and published ways of keeping them.",
      "bits: all that a sequence takes, over the elements of its keys and values; raw: the part of them that tokens take which "
          + "are kept as they are, in 16 bits an element. A profile is a file of the model and does not count.",
      "KL: Kullback-Leibler divergence from the original's predictions in nats, mean with its standard error, and what 99 %% of "
          + "the tokens do not exceed. K, V: signal-to-noise ratio of keys and values; o: of what attention makes of them, and "
          + "of its worst layer. score: root mean squared error of what softmax gets. link: raw bytes a second below which it "
          + "is quicker to send pages and decode them in one thread than to send the cache as it is.",
      "Encoders, such as BERT, predict one token of eight at a time, which are masked; keys and values of each layer are coded "
          + "when all tokens are there: they take --all."
    },
    mixinStandardHelpOptions = true)
final class BenchKvCommand implements Callable<Integer> {
  private static final double LEAST_BITS = 0.25;
  private static final double MOST_BITS = 12;
  private static final double RAW_BITS = 16;
  private static final double MEGA = 1e6;

  @Parameters(
      paramLabel = "MODEL", description = "Folder with config.json, model.safetensors or its shards, and a tokenizer")
  private Path model;

  @Option(
      names = "--bits", paramLabel = "B", split = ",", defaultValue = "1.5,2,3,4",
      description = "Rates (default: ${DEFAULT-VALUE})")
  private double[] bits;

  @Option(
      names = "--methods", paramLabel = "M", split = ",", defaultValue = "codec-axes,kivi,turboquant,q4_0-hadamard",
      description = "codec (that of llm265 kv without axes), codec-axes, codec-profile, codec-profile-axes, "
          + "kivi{b}[r128], rtn{b}g{g}, kv{b}, quarot{b}, turboquant{b}[nc], (q4_0|q5_0|q8_0)[-hadamard]; "
          + "{b} stands for whole numbers among --bits, and may be left out at the end (default: ${DEFAULT-VALUE})")
  private List<String> methods;

  @Option(names = "--text", paramLabel = "FILE", description = "Text to predict, in UTF-8 (default: a story of 570 words)")
  private Path text;

  @Option(
      names = "--window", paramLabel = "N",
      description = "Tokens of a window, at most the model's context (default: the context)")
  private Integer window;

  @Option(
      names = "--windows", paramLabel = "M", defaultValue = "8",
      description = "Number of windows, evenly from all over the text (default: ${DEFAULT-VALUE})")
  private int windows;

  @Option(
      names = "--page-tokens", paramLabel = "N", defaultValue = "64", description = "Tokens of a page of the codec (default: 64)")
  private int pageTokens;

  @Option(
      names = "--sinks", paramLabel = "N", defaultValue = "0", description = "First tokens that the codec keeps raw (default: 0)")
  private int sinks;

  @Option(
      names = "--recent", paramLabel = "N", defaultValue = "32",
      description = "Last tokens that the codec keeps raw at least; pages are coded once they are older (default: 32)")
  private int recent;

  @Option(
      names = "--pass", paramLabel = "N", defaultValue = "16",
      description = "Tokens that the model reads at a time; they see each other raw where a recipe has raw tokens (default: 16)")
  private int pass;

  @Option(
      names = "--all", description = "Every method codes every token before anything reads it, and a window comes in one pass")
  private boolean all;

  @Option(names = "--profile", paramLabel = "FILE", description = "Profile of the model's keys and values")
  private Path profileFile;

  @Option(names = "--profile-text", paramLabel = "FILE", description = "Text to learn a profile on, in UTF-8")
  private Path profileText;

  @Option(
      names = "--profile-windows", paramLabel = "M", defaultValue = "16",
      description = "Number of windows that a profile is learnt on. Without --profile-text the model writes them itself "
          + "(default: ${DEFAULT-VALUE})")
  private int profileWindows;

  @Option(names = "--save-profile", paramLabel = "FILE", description = "Write the profile that was learnt")
  private Path savedProfile;

  @Option(names = "--json", description = "Print JSON")
  private boolean json;

  @Option(names = "-o", paramLabel = "PREFIX", description = "Write PREFIX.csv and PREFIX.png")
  private Path output;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  private final FigureTable table = new FigureTable("method", List.of(
      new Column("bits", "%.3f", "bits"), new Column("raw", "%.3f", "rawBits"),
      new Column("KL", "%.4f +- %.4f", "klNats", "klError"), new Column("KL 99 %", "%.3f", "kl99"),
      new Column("same", "%.2f %%", "sameTopPercent"), new Column("perplexity", "%.3f +- %.3f", "perplexity", "perplexityError"),
      new Column("K dB", "%.2f", "keySnr"), new Column("V dB", "%.2f", "valueSnr"),
      new Column("o dB", "%.2f", "attentionSnr"), new Column("worst", "%.2f", "worstLayerAttentionSnr"),
      new Column("score", "%.3f", "scoreError"), new Column("page bytes, 99 %", "%.0f, %.0f", "pageBytes", "pageBytes99"),
      new Column("MB/s in", "%.0f", "encodeMegabytes"), new Column("out", "%.0f", "decodeMegabytes"),
      new Column("link MB/s", "%.0f", "breakEvenMegabytes")));
  private final Map<String, List<Plot.Point>> lines = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    for (double rate : bits) {
      require(rate >= LEAST_BITS && rate <= MOST_BITS, "--bits " + rate + " is not in 0.25..12");
    }
    require(output == null || !OutputFile.isStandardOutput(output),
        "-o " + output + ": bench writes several files, so give the beginning of their names");
    require(profileFile == null || profileText == null, "--profile and --profile-text exclude each other");
    require(windows >= 1 && profileWindows >= 1, "--windows and --profile-windows are at least 1");
    KvBench bench = new KvBench(methods, bits, new KvOptions(pageTokens, sinks, recent, all, pass));
    require(savedProfile == null || profileFile == null && bench.needsProfile(),
        "--save-profile takes a method that needs a profile, and no --profile");
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        ModelFolder folder = ModelFolder.open(model)) {
      Workers workers = new Workers(executor, threads.count());
      if (Architecture.of(folder.config()).isCausal()) {
        measureCausal(bench, folder, LanguageModel.load(folder.config(), folder.weights(), workers));
      } else {
        measureMasked(bench, Encoder.load(folder.config(), folder.weights(), workers));
      }
    }
    return 0;
  }

  private void measureCausal(KvBench bench, ModelFolder folder, LanguageModel language) throws IOException {
    int length = window == null ? language.contextLength() : window;
    TokenWindows windowsOfText = TextInput.windows(model, language.contextLength(), text, length, windows);
    KvProfile profile = bench.needsProfile()
        ? new ProfileInput(folder, language, profileFile, profileText, length, profileWindows).profile() : null;
    if (savedProfile != null) {
      profile.write(savedProfile);
    }
    measureAndPrint(bench, new CausalSubject(language), windowsOfText, profile);
  }

  private void measureMasked(KvBench bench, Encoder encoder) throws IOException {
    require(!bench.needsProfile(), model + " is an encoder: profiles are those of causal models");
    require(all, model + " is an encoder, whose tokens come together: add --all");
    EvalMeasure.Text masked = new EvalMeasure.Text(
        Tokenizer.open(model), TextInput.readOrSample(text), window == null ? encoder.contextLength() : window, windows);
    measureAndPrint(bench, new MaskedSubject(encoder, masked.mask()), masked.masked(encoder.contextLength()), null);
  }

  private void measureAndPrint(KvBench bench, KvSubject subject, TokenWindows windowsOfText, KvProfile profile)
      throws IOException {
    try {
      measure(bench, subject, windowsOfText, profile);
    } finally {
      // What took long is not lost if a later method fails.
      print(windowsOfText, profile);
    }
  }

  private void measure(KvBench bench, KvSubject subject, TokenWindows windowsOfText, KvProfile profile)
      throws IOException {
    try (Progress progress = new Progress("bench", bench.rows() * windowsOfText.predicted(), "tokens")) {
      bench.measure(subject, windowsOfText, profile, progress::step, row -> {
        table.row(row.method(), figures(row));
        Plot.Point point = new Plot.Point(row.bits(), row.fidelity().divergence());
        if (point.hasLogarithm()) {
          lines.computeIfAbsent(row.line(), line -> new ArrayList<>()).add(point);
        }
        if (output != null) {
          table.writeCsv(file(".csv"));
        }
      });
    }
    if (output != null && !lines.isEmpty()) {
      Plot.write(model.toString(), "mean KL divergence in nats", true, lines, file(".png"));
    }
  }

  private static double[] figures(KvBench.Row row) {
    Fidelity f = row.fidelity();
    double[] figures = new double[18];
    Arrays.fill(figures, Double.NaN);
    double[] first = {
      row.bits(), (double) row.size().raw() / row.size().values(), f.divergence(), f.divergenceError(), f.divergence99(),
      100 * f.agreement(), f.perplexity(), f.perplexityError()
    };
    System.arraycopy(first, 0, figures, 0, first.length);
    if (row.attention() != null) {
      double[] attention = {
        row.attention().keySnr(), row.attention().valueSnr(), row.attention().resultSnr(), row.attention().worstResultSnr(),
        row.attention().scoreError()
      };
      System.arraycopy(attention, 0, figures, first.length, attention.length);
    }
    if (row.pages() != null) {
      double decode = row.pages().decodeRate() / MEGA;
      double[] pages = {
        row.pages().meanBytes(), row.pages().bytes99(), row.pages().encodeRate() / MEGA, decode,
        (1 - row.bits() / RAW_BITS) * decode
      };
      System.arraycopy(pages, 0, figures, figures.length - pages.length, pages.length);
    }
    return figures;
  }

  private Path file(String suffix) {
    return output.resolveSibling(output.getFileName() + suffix);
  }

  private void print(TokenWindows windowsOfText, KvProfile profile) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    int length = windowsOfText.windows().getFirst().length;
    if (json) {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode root = mapper.createObjectNode();
      root.put("model", model.toString()).put("window", length).put("windows", windowsOfText.windows().size());
      root.put("all", all).put("pageTokens", pageTokens).put("sinks", sinks).put("recent", recent).put("pass", pass);
      if (profile != null) {
        root.put("profile", profile.hashText()).put("profileBytes", profile.byteSize()).put("profileTokens", profile.tokens());
      }
      table.addTo(root.putArray("methods"));
      Format.printJson(out, mapper, root);
    } else {
      table.print(out);
      Notes.print(spec, Notes.count(windowsOfText.windows().size(), "window") + " of " + length + " tokens, "
          + windowsOfText.predicted() + " of them predicted; "
          + (all ? "all tokens coded"
              : pass + " tokens a pass, the codec keeps " + sinks + " first and " + recent + " last ones raw"));
      if (profile != null) {
        Notes.print(spec, "profile of " + profile.byteSize() + " bytes, learnt from " + profile.tokens() + " tokens: "
            + profile.hashText());
      }
    }
    out.flush();
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
