package llm265.cli.output;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** A requested check has failed: exit status 1. */
public final class CheckFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CheckFailedException(String message) {
    super(message);
  }

  /**
   * The failure of some tensors' checks; prints a line about each, unless there is but one.
   *
   * @param input what was checked
   * @param failures a sentence about each, at least one
   * @param checks number of tensors
   */
  public static CheckFailedException ofTensors(CommandSpec spec, Object input, List<String> failures, int checks) {
    if (failures.size() == 1) {
      return new CheckFailedException(failures.getFirst());
    }
    failures.forEach(line -> spec.commandLine().getErr().println("llm265: " + line));
    return new CheckFailedException(input + ": " + failures.size() + " of " + checks + " tensors failed");
  }
}
