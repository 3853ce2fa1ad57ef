package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.file.OutputFile;
import llm265.cli.output.Progress;
import llm265.fidelity.ModelWeights;
import llm265.lm.LanguageModel;
import llm265.lm.TextGenerator;
import llm265.lm.TokenSampler;
import llm265.lm.token.Tokenizer;
import llm265.lm.weights.ModelConfig;
import llm265.parallel.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 generate}. */
@Command(
    name = "generate",
    description = {
      "Has a causal language model write: continues a prompt, with the model's own weights or with compressed ones.",
      "With --texts it writes many, one a line. Where a model's training text cannot be had, they do for calibrate."
    },
    mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "MODEL", description = "A folder with config.json, model.safetensors or its shards, and a tokenizer")
  private Path model;

  @Option(
      names = "--weights", paramLabel = "FILE",
      description = "A compressed file of its tensors, or another file or folder of them")
  private Path weights;

  @Option(
      names = "--prompt", paramLabel = "TEXT", defaultValue = "",
      description = "What is continued (default: nothing but the token that begins a text)")
  private String prompt;

  @Option(
      names = "--tokens", paramLabel = "N", defaultValue = "200",
      description = "Tokens of a text at most; the model may end it before (default: ${DEFAULT-VALUE})")
  private int tokens;

  @Option(names = "--texts", paramLabel = "M", defaultValue = "1", description = "Number of texts (default: ${DEFAULT-VALUE})")
  private int texts;

  @Option(
      names = "--temperature", paramLabel = "T", defaultValue = "1",
      description = "Logits are divided by it; 0 for the most likely token each time (default: ${DEFAULT-VALUE})")
  private double temperature;

  @Option(
      names = "--top-p", paramLabel = "P", defaultValue = "1",
      description = "Choose among the fewest tokens that together have this probability (default: ${DEFAULT-VALUE})")
  private double mass;

  @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Of the choices (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Write the texts to a file")
  private Path output;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    requireAtLeastOne("--tokens", tokens);
    requireAtLeastOne("--texts", texts);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        ModelWeights own = ModelWeights.folder(model, executor, threads.count());
        ModelWeights read = weights == null ? null : ModelWeights.other(weights, own.config(), executor, threads.count())) {
      ModelConfig config = read == null ? own.config() : read.config();
      LanguageModel loaded = LanguageModel.load(
          config, read == null ? own.source() : read.source(), new Workers(executor, threads.count()));
      TextGenerator generator =
          new TextGenerator(loaded, config, Tokenizer.open(model), new TokenSampler(temperature, mass, seed));
      if (output == null) {
        print(generator);
      } else {
        write(generator);
      }
    }
    return 0;
  }

  private void requireAtLeastOne(String option, int number) {
    if (number < 1) {
      throw new ParameterException(spec.commandLine(), option + " " + number + " is fewer than 1");
    }
  }

  private void print(TextGenerator generator) {
    PrintWriter out = spec.commandLine().getOut();
    int[] first = generator.prompt(prompt);
    for (int i = 0; i < texts; i++) {
      StringBuilder line = new StringBuilder();
      if (texts == 1) {
        out.print(prompt);
        generator.generate(first, tokens, piece -> {
          out.print(piece);
          out.flush();
        });
      } else {
        generator.generate(first, tokens, line::append);
        out.print(onOneLine(prompt + line));
      }
      out.println();
      out.flush();
    }
  }

  private void write(TextGenerator generator) throws IOException {
    int[] first = generator.prompt(prompt);
    try (OutputFile file = OutputFile.create(output);
        Progress progress = new Progress("generate", texts, "texts")) {
      for (int i = 0; i < texts; i++) {
        StringBuilder text = new StringBuilder(prompt);
        generator.generate(first, tokens, text::append);
        file.stream().write(((texts == 1 ? text : onOneLine(text)) + "\n").getBytes(StandardCharsets.UTF_8));
        progress.step(1);
      }
      file.commit();
    }
  }

  private static String onOneLine(CharSequence text) {
    return text.toString().replaceAll("\\s*\\R\\s*", " ").strip();
  }
}
