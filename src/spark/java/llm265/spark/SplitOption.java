package llm265.spark;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --split}: from which size on several tasks share a tensor. */
final class SplitOption {
  private static final long LEAST_VALUES = 1 << 16;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  private Long values;

  @Option(
      names = "--split",
      paramLabel = "VALUES",
      description = "Several tasks share a tensor with more values than this, each half as many at most (default: a thread's "
          + "share of all values, at least 134217728). The output does not depend on it")
  void setValues(long most) {
    if (most < LEAST_VALUES) {
      throw new ParameterException(spec.commandLine(), "--split " + most + " is less than " + LEAST_VALUES);
    }
    values = most;
  }

  /** The number of values; null for what fits the cluster. */
  Long values() {
    return values;
  }
}
