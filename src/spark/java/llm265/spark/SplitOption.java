package llm265.spark;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --split}: from which size on several tasks share a tensor. */
final class SplitOption {
  private static final long DEFAULT_VALUES = 1 << 27;
  private static final long LEAST_VALUES = 1 << 16;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  private long values = DEFAULT_VALUES;

  @Option(
      names = "--split",
      paramLabel = "VALUES",
      description = "Several tasks share a tensor with more values than this, each about a quarter of so many (default: "
          + DEFAULT_VALUES + "). The output does not depend on it")
  void setValues(long most) {
    if (most < LEAST_VALUES) {
      throw new ParameterException(spec.commandLine(), "--split " + most + " is less than " + LEAST_VALUES);
    }
    values = most;
  }

  long values() {
    return values;
  }
}
