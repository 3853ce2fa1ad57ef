package llm265.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --shard-size}, the same for all commands that write folders. */
public final class ShardOption {
  private static final long DEFAULT_BYTES = 5_000_000_000L;

  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([KMGT]I?)?B?");
  private static final Map<String, Long> UNITS = Map.of(
      "K", 1_000L, "M", 1_000_000L, "G", 1_000_000_000L, "T", 1_000_000_000_000L,
      "KI", 1L << 10, "MI", 1L << 20, "GI", 1L << 30, "TI", 1L << 40);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  private long bytes = DEFAULT_BYTES;

  @Option(
      names = "--shard-size",
      paramLabel = "SIZE",
      description = "Of a folder: the most bytes of tensors in a file, such as 500MB or 2GiB (default: 5GB). A tensor is never "
          + "split")
  void setSize(String size) {
    Matcher matcher = SIZE.matcher(size.toUpperCase(Locale.ROOT));
    if (matcher.matches()) {
      long unit = matcher.group(2) == null ? 1 : UNITS.get(matcher.group(2));
      long count = Long.parseLong(matcher.group(1));
      if (count > 0 && count <= Long.MAX_VALUE / unit) {
        bytes = count * unit;
        return;
      }
    }
    throw new ParameterException(spec.commandLine(), "--shard-size " + size + " is not a size such as 500MB or 2GiB");
  }

  public long bytes() {
    return bytes;
  }
}
