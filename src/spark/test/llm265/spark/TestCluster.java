package llm265.spark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Submits the jar to clusters of this machine, in processes of their own, as users do: {@code local-cluster} starts two workers,
 * each of which starts an executor.
 */
final class TestCluster {
  static final String WORKERS = "local-cluster[2,1,1024]";
  static final String THREADS = "local[2]";

  private static final Path JAR = Path.of(System.getProperty("llm265.spark.jar"));
  private static final Path HOME = Path.of(System.getProperty("llm265.spark.home"));
  private static final int MOST_MINUTES = 5;

  private final Path logs;
  private final List<String> settings = new ArrayList<>();
  private int runs;

  /** @param logs folder for what programs print */
  TestCluster(Path logs) {
    this.logs = logs;
  }

  /** Adds a setting of Spark. */
  TestCluster with(String setting) {
    settings.add(setting);
    return this;
  }

  /** A program that is running. */
  record Running(Process process, Path out, Path err) {
    Ended end() throws IOException, InterruptedException {
      if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("still running: " + Files.readString(err));
      }
      return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** The executors, which the driver's process or a worker in it has started. */
    List<ProcessHandle> executors() {
      return process.descendants()
          .filter(child -> child.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend")).toList();
    }
  }

  /** A program that has ended. */
  record Ended(int status, String out, String err) {
    /** Our own lines on standard error. */
    List<String> notes() {
      return err.lines().filter(line -> line.startsWith("llm265: ")).toList();
    }
  }

  /** Begins a command on a cluster. */
  Running begin(String master, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("--master", master));
    settings.forEach(setting -> command.addAll(List.of("--conf", setting)));
    command.addAll(List.of(
        "--conf", "spark.ui.enabled=false", "--conf", "spark.log.level=ERROR",
        "--conf", "spark.executor.extraJavaOptions=--add-modules=jdk.incubator.vector", JAR.toString()));
    command.addAll(List.of(arguments));
    return java("org.apache.spark.deploy.SparkSubmit", command);
  }

  Ended run(String master, String... arguments) throws IOException, InterruptedException {
    return begin(master, arguments).end();
  }

  /** Runs the command of one machine. */
  Ended runAlone(String... arguments) throws IOException, InterruptedException {
    return java("llm265.cli.Main", List.of(arguments)).end();
  }

  private Running java(String main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules", "jdk.incubator.vector", "-Xmx1g",
        "-cp", JAR + File.pathSeparator + HOME.resolve("jars") + File.separator + "*", main));
    command.addAll(arguments);
    Path out = logs.resolve("run-" + runs + ".out");
    Path err = logs.resolve("run-" + runs++ + ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("SPARK_HOME", HOME.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return new Running(builder.start(), out, err);
  }
}
