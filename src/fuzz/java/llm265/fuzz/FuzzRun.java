package llm265.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs every target for its share of the time, each in a process of its own, and prints what came of it.
 *
 * <p>Jazzer instruments our classes for coverage and lets libFuzzer mutate what reaches something new. Below {@code
 * target/fuzz/TARGET} lie seeds, the corpus that grows from run to run, the log, and findings: inputs named crash, timeout or
 * oom. {@code target/fuzz/findings.txt} lists all findings that lie there after a run; without any there is no list. System
 * properties: {@code fuzz.time}, seconds for all targets together; {@code fuzz.runs}, executions of a target at most, -1 for
 * any number; {@code fuzz.target}, the only one to run; {@code fuzz.folder}, another folder.
 */
public final class FuzzRun {
  private static final String TIME = "600";
  private static final String ANY_RUNS = "-1";
  private static final int STATUS_OF_FINDINGS = 3;
  private static final int LONGEST_RUN_SECONDS = 30;
  private static final int MOST_FINDINGS = 10;
  private static final int LONGEST_INPUT = 16_384;

  /** Targets, and a class that compares arrays of which one may be null: Jazzer 0.26 then ends the JVM. */
  private static final String NOT_INSTRUMENTED = "llm265.fuzz.**" + File.pathSeparator + "llm265.h264.decode.ParameterSets";

  private static final Pattern STATUS =
      Pattern.compile("#(\\d+)\\s+\\w+\\s+cov: (\\d+) ft: (\\d+) corp: (\\d+)/\\S+.*exec/s: (\\d+)");

  private final Path folder;
  private final int seconds;
  private final int runs;

  private FuzzRun(Path folder, int seconds, int runs) {
    this.folder = folder;
    this.seconds = seconds;
    this.runs = runs;
  }

  /** Exits with status {@value #STATUS_OF_FINDINGS} if there are findings. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    String only = System.getProperty(FuzzHarness.TARGET, "");
    List<FuzzTarget> targets = only.isBlank() ? FuzzTargets.ALL : List.of(FuzzTargets.named(only));
    Path folder = Files.createDirectories(Path.of(System.getProperty("fuzz.folder", "target/fuzz")));
    int share = Math.max(1, Integer.parseInt(System.getProperty("fuzz.time", TIME)) / targets.size());
    FuzzRun run = new FuzzRun(folder, share, Integer.parseInt(System.getProperty("fuzz.runs", ANY_RUNS)));
    Path list = folder.resolve("findings.txt");
    Files.deleteIfExists(list);
    System.out.printf("%-17s %12s %9s %9s %9s %8s%n", "target", "executions", "a second", "edges", "features", "findings");
    List<String> findings = new ArrayList<>();
    for (FuzzTarget target : targets) {
      findings.addAll(run.fuzz(target));
    }
    if (!findings.isEmpty()) {
      Files.write(list, findings);
      System.exit(STATUS_OF_FINDINGS);
    }
  }

  /** Runs a target, prints its line, and returns its findings. */
  private List<String> fuzz(FuzzTarget target) throws IOException, InterruptedException {
    Path own = folder.resolve(target.name());
    Files.createDirectories(own.resolve("corpus"));
    Seeds.write(own.resolve("seeds"), target.seeds());
    File log = own.resolve("log.txt").toFile();
    Process process = new ProcessBuilder(command(target, own)).redirectErrorStream(true).redirectOutput(log).start();
    int status = process.waitFor();
    List<String> findings = findings(own);
    System.out.printf(Locale.ROOT, "%-17s %s %8d%n", target.name(), figures(log.toPath()), findings.size());
    if (status != 0 && findings.isEmpty()) {
      findings = List.of(target.name() + " ended with status " + status + ", see " + log);
    }
    findings.forEach(finding -> System.out.println("  " + finding));
    return findings;
  }

  private List<String> command(FuzzTarget target, Path own) {
    return List.of(
        ProcessHandle.current().info().command().orElse("java"), "--add-modules", "jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED", "-XX:+EnableDynamicAgentLoading", "-XX:+UseSerialGC", "-Xmx1g",
        "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + own.resolve("jvm-%p.log"),
        "-Djava.awt.headless=true", "-Dllm265.kernels=scalar", "-D" + FuzzHarness.TARGET + "=" + target.name(),
        "-cp", System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + FuzzHarness.class.getName(), "--instrumentation_includes=llm265.**",
        // Patterns of tokenizers are the files' own, as they must be.
        "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.RegexInjection",
        "--instrumentation_excludes=" + NOT_INSTRUMENTED, "--keep_going=" + MOST_FINDINGS, "--reproducer_path=" + own,
        "-artifact_prefix=" + own + File.separator, "-max_total_time=" + seconds, "-runs=" + runs,
        "-timeout=" + LONGEST_RUN_SECONDS, "-rss_limit_mb=4096", "-max_len=" + LONGEST_INPUT, "-print_final_stats=0",
        // Inputs that take long are changed less often.
        "-entropic_scale_per_exec_time=1",
        own.resolve("corpus").toString(), own.resolve("seeds").toString());
  }

  /** The last line of libFuzzer's that has figures. */
  private static String figures(Path log) throws IOException {
    String last = String.format("%12s %9s %9s %9s", "-", "-", "-", "-");
    for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
      Matcher status = STATUS.matcher(line);
      if (status.find()) {
        last = String.format("%12s %9s %9s %9s", status.group(1), status.group(5), status.group(2), status.group(3));
      }
    }
    return last;
  }

  private static List<String> findings(Path own) throws IOException {
    try (Stream<Path> files = Files.list(own)) {
      return files.filter(file -> file.getFileName().toString().matches("(crash|timeout|oom|leak)-\\w+"))
          .map(Path::toString).sorted().toList();
    }
  }
}
