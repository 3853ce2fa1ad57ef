package llm265.cli.output;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** Prints notes of commands that succeed, one line each on standard error. */
public final class Notes {
  private Notes() {}

  public static void print(CommandSpec spec, String note) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("llm265: note: " + note);
    err.flush();
  }

  /** {@code 1 tensor}, {@code 2 tensors}. */
  public static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
