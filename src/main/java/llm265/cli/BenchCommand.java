package llm265.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code llm265 bench}. */
@Command(
    name = "bench",
    description = "Measures rate, distortion, speed, fidelity, and training over compressed links, of us and of others.",
    subcommands = {
      BenchRateDistortionCommand.class, BenchAblationCommand.class, BenchSpeedCommand.class, BenchFidelityCommand.class,
      BenchKvCommand.class,
      BenchGradientsCommand.class, BenchActivationsCommand.class, BenchLinkCommand.class, BenchNvdecCommand.class
    },
    mixinStandardHelpOptions = true)
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand");
  }
}
