package llm265.cli.output;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import llm265.checkpoint.file.UnreadTensor;
import picocli.CommandLine.Model.CommandSpec;

/** Prints notes of commands that succeed, one line each on standard error. */
public final class Notes {
  private static final int MOST_NAMES = 8;

  private Notes() {}

  public static void print(CommandSpec spec, String note) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("llm265: note: " + note);
    err.flush();
  }

  /** Prints a note about the tensors of a file that the command leaves out, since their kinds are not read. */
  public static void unread(CommandSpec spec, Object file, List<UnreadTensor> unread) {
    if (unread.isEmpty()) {
      return;
    }
    String names = unread.stream().limit(MOST_NAMES).map(tensor -> tensor.name() + " (" + tensor.type() + ")")
        .collect(Collectors.joining(", "));
    String more = unread.size() > MOST_NAMES ? " and " + (unread.size() - MOST_NAMES) + " more" : "";
    print(spec, file + ": " + unread.size()
        + (unread.size() == 1 ? " tensor is of a kind that is not read" : " tensors are of kinds that are not read")
        + ", and left out: " + names + more);
  }

  /**
   * Prints a note about values that have become infinite, if there are any.
   *
   * @param overflows number of such values by tensor
   * @param types what they are too large for
   */
  public static void overflows(CommandSpec spec, Map<String, Long> overflows, String types) {
    if (!overflows.isEmpty()) {
      long values = overflows.values().stream().mapToLong(Long::longValue).sum();
      String first = overflows.keySet().iterator().next();
      print(spec, values + (values == 1 ? " value is" : " values are")
          + " too large for " + types + " and became infinite: in \""
          + first + "\"" + (overflows.size() == 1 ? "" : " and " + count(overflows.size() - 1, "other tensor")));
    }
  }

  /** {@code 1 tensor}, {@code 2 tensors}. */
  public static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** Names of things, the first ones of many; empty if there are none. */
  public static Optional<String> names(List<?> all) {
    String first = all.stream().limit(MOST_NAMES).map(Object::toString).collect(Collectors.joining(", "));
    return all.isEmpty() ? Optional.empty()
        : Optional.of(first + (all.size() > MOST_NAMES ? " and " + (all.size() - MOST_NAMES) + " more" : ""));
  }
}
