package llm265.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --threads}, the same for all commands. */
final class ThreadsOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  private int count = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Number of threads (default: all cores). The output does not depend on it.")
  void setCount(int threads) {
    if (threads < 1 || threads > 1024) {
      throw new ParameterException(spec.commandLine(), "--threads " + threads + " is not in 1..1024");
    }
    count = threads;
  }

  int count() {
    return count;
  }
}
