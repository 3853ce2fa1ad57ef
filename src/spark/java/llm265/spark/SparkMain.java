package llm265.spark;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import llm265.cli.Main;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program that {@code spark-submit} starts: commands of {@code llm265} whose work a cluster does. docs/cluster.md. */
@Command(
    name = "llm265-spark",
    description = "Compresses models on a Spark cluster, and decodes and checks them there.",
    subcommands = {CompressCommand.class, DecompressCommand.class, VerifyCommand.class, InspectCommand.class},
    mixinStandardHelpOptions = true)
public final class SparkMain implements Runnable {
  @Spec private CommandSpec spec;

  private SparkMain() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand");
  }

  public static void main(String[] arguments) {
    CommandLine commandLine = Main.withRules(new CommandLine(new SparkMain()));
    commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    int status = commandLine.execute(arguments);
    commandLine.getOut().flush();
    if (status != 0) {
      System.exit(status);
    }
  }
}
