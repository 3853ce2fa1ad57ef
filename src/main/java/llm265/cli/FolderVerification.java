package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import llm265.cli.output.CheckFailedException;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.cli.output.TextTable;
import llm265.oracle.suite.CommandProgram;
import llm265.oracle.suite.CommandTemplate;
import llm265.oracle.suite.JUnitReport;
import llm265.oracle.suite.OwnCheck;
import llm265.oracle.suite.ProgramCheck;
import llm265.oracle.suite.StreamCheck;
import llm265.oracle.suite.Suite;
import llm265.oracle.suite.SuiteResult;
import llm265.oracle.suite.SuiteResult.Outcome;
import llm265.oracle.suite.TestedProgram;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of verify for folders of streams and for other decoders, and what they do. */
final class FolderVerification {
  private static final int MOST_SECONDS = 86_400;
  private static final int MOST_MEGABYTES = 1 << 20;
  private static final int MOST_LEFT_OUT_TOLD = 5;

  @Option(
      names = "--command",
      paramLabel = "LINE",
      description = "Have another decoder tried: its command line, with {in} where the stream's name belongs and {out} where "
          + "that of the file for its samples does (raw planar, or .y4m; without {out}: its standard output). No shell reads it; "
          + "quotation marks hold an argument together.")
  private String command;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Time that a decoder may take for a stream (default: 60). Another one is killed then, with its children; "
          + "ours is left behind.")
  private int timeout;

  @Option(
      names = "--max-output",
      paramLabel = "MB",
      defaultValue = "4096",
      description = "Megabytes that it may write for a stream (default: 4096, and never more than three times what the stream's "
          + "pictures can take)")
  private int maxOutput;

  @Option(names = "--junit", paramLabel = "FILE", description = "Write a report in JUnit's XML, for CI systems")
  private Path junit;

  @Option(names = "--csv", paramLabel = "FILE", description = "Write a line for each stream")
  private Path csv;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Whether another program is to be tried. */
  boolean hasCommand() {
    return command != null;
  }

  /** Whether there is an option that only folders and other decoders have. */
  boolean hasOptions() {
    return command != null || junit != null || csv != null;
  }

  /** The check of the program that {@code --command} gives. */
  StreamCheck ofCommand() {
    return of(new CommandProgram(CommandTemplate.of(command)));
  }

  /** The check of our own decoder, within the time given. */
  StreamCheck ofOurs() {
    return new OwnCheck(timeout());
  }

  private Duration timeout() {
    if (timeout < 1 || timeout > MOST_SECONDS) {
      throw new ParameterException(spec.commandLine(), "--timeout " + timeout + " is not in 1.." + MOST_SECONDS);
    }
    return Duration.ofSeconds(timeout);
  }

  /** The check of a program, under the limits given. */
  StreamCheck of(TestedProgram program) {
    Duration time = timeout();
    if (maxOutput < 1 || maxOutput > MOST_MEGABYTES) {
      throw new ParameterException(spec.commandLine(), "--max-output " + maxOutput + " is not in 1.." + MOST_MEGABYTES);
    }
    return new ProgramCheck(program, time, (long) maxOutput << 20);
  }

  /**
   * Checks a suite, and reports.
   *
   * @param input its name in messages
   * @throws CheckFailedException if a stream has failed, or none could be checked
   */
  void run(Path input, Suite suite, StreamCheck check, int threads) throws IOException {
    long start = System.nanoTime();
    List<SuiteResult> results = suite.run(check, threads, this::tell);
    double seconds = (System.nanoTime() - start) * 1e-9;
    if (junit != null) {
      JUnitReport.write(junit, input.toString(), results, seconds);
    }
    if (csv != null) {
      table(results).write(csv);
    }
    PrintWriter out = spec.commandLine().getOut();
    summary(results, seconds).print(out);
    out.flush();
    tellLeftOut(input, results);
    long failed = count(results, Outcome.FAILED);
    if (failed > 0) {
      throw new CheckFailedException(input + ": " + failed + " of " + Notes.count(results.size(), "stream") + " failed");
    }
    if (count(results, Outcome.PASSED) == 0) {
      throw new CheckFailedException(input + ": no stream could be checked");
    }
  }

  /** A failure on standard error, and the macroblock's syntax on standard output. */
  private void tell(SuiteResult result) {
    if (result.outcome() != Outcome.FAILED) {
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println("llm265: " + result.stream().name() + ": " + result.message());
    err.flush();
    if (!result.syntax().isEmpty()) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(result.stream().name() + ", " + result.syntax().getFirst());
      result.syntax().stream().skip(1).forEach(out::println);
      out.println("its bits: llm265 inspect " + result.stream().file() + " " + result.traceOptions());
      out.println();
      out.flush();
    }
  }

  private void tellLeftOut(Path input, List<SuiteResult> results) {
    List<SuiteResult> leftOut = results.stream().filter(result -> result.outcome() == Outcome.LEFT_OUT).toList();
    leftOut.stream().limit(MOST_LEFT_OUT_TOLD).forEach(result ->
        Notes.print(spec, result.stream().name() + " is left out: " + result.message()));
    if (leftOut.size() > MOST_LEFT_OUT_TOLD) {
      Notes.print(spec, input + ": " + Notes.count(leftOut.size() - MOST_LEFT_OUT_TOLD, "more stream") + " left out; "
          + "--csv has why");
    }
  }

  private static long count(List<SuiteResult> results, Outcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).count();
  }

  private static TextTable summary(List<SuiteResult> results, double seconds) {
    TextTable table = new TextTable();
    table.row("streams", "passed", "failed", "left out", "all", "seconds");
    List<SuiteResult> good = results.stream().filter(result -> !result.stream().malformed()).toList();
    List<SuiteResult> malformed = results.stream().filter(result -> result.stream().malformed()).toList();
    if (!malformed.isEmpty()) {
      addRow(table, "sound", good, sum(good));
      addRow(table, "malformed", malformed, sum(malformed));
    }
    addRow(table, "all", results, seconds);
    return table;
  }

  private static double sum(List<SuiteResult> results) {
    return results.stream().mapToDouble(SuiteResult::seconds).sum();
  }

  private static void addRow(TextTable table, String name, List<SuiteResult> results, double seconds) {
    table.row(name, Long.toString(count(results, Outcome.PASSED)), Long.toString(count(results, Outcome.FAILED)),
        Long.toString(count(results, Outcome.LEFT_OUT)), Integer.toString(results.size()), Format.number("%.1f", seconds));
  }

  private static CsvTable table(List<SuiteResult> results) {
    CsvTable table = new CsvTable("file", "verdict", "result", "seconds", "message", "about");
    for (SuiteResult result : results) {
      table.row(result.stream().name(), result.stream().malformed() ? "malformed" : "good",
          result.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '), result.seconds(), result.message(),
          result.stream().about());
    }
    return table;
  }
}
