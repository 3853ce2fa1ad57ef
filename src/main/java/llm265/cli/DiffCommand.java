package llm265.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleFunction;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.cli.output.TextTable;
import llm265.model.delta.DeltaTrial;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.distortion.TensorDistortion;
import llm265.tensor.encode.CodingSettings;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 diff}. */
@Command(
    name = "diff",
    description = {
      "Shows what has changed from model A to model B, such as a fine-tune or a later checkpoint, and what B takes with A as its "
          + "base: compress B --base A.",
      "For each tensor of B: the share of values that are not equal, the change in dB, 10 log10(variance of B / mean squared "
          + "difference), the cosine, and bits per value by itself and as a delta; with --bits the qualities. They are measured "
          + "on slices from the middle, of about 262,144 values of each tensor."
    },
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "A", description = "The base: an original or a compressed model")
  private Path first;

  @Parameters(index = "1", paramLabel = "B", description = "The model that has changed")
  private Path second;

  @ArgGroup(exclusive = true)
  private Target target = new Target();

  @Option(
      names = "--codec",
      paramLabel = "C",
      defaultValue = "trinity",
      description = "With what bits are measured: h264, trinity or auto (default: ${DEFAULT-VALUE})")
  private Codec codec;

  @Option(names = "--json", description = "Print JSON")
  private boolean json;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  /** At what bits are measured. */
  static final class Target {
    @Option(names = "--lossless", description = "Bits without loss (default)")
    private boolean lossless;

    @Option(names = "--snr", paramLabel = "DB", description = "Bits at this signal-to-noise ratio of every tensor")
    private Double snr;

    @Option(names = "--bits", paramLabel = "B", description = "The signal-to-noise ratio at this many bits per value")
    private Double bits;
  }

  private RateTarget rateTarget() {
    if (target.snr != null && !(target.snr >= 3 && target.snr <= 100)
        || target.bits != null && !(target.bits >= 0.5 && target.bits <= 12)) {
      throw new ParameterException(spec.commandLine(), target.snr != null
          ? "--snr " + target.snr + " is not in 3..100" : "--bits " + target.bits + " is not in 0.5..12");
    }
    return target.snr != null ? new RateTarget.Snr(target.snr)
        : target.bits != null ? new RateTarget.Bits(target.bits) : new RateTarget.Lossless();
  }

  @Override
  public Integer call() throws IOException {
    CodingSettings settings = CodingSettings.at(rateTarget()).with(codec);
    List<TensorDiff> diffs = new ArrayList<>();
    Map<String, TensorSet.Entry> left = new LinkedHashMap<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        TensorSet a = TensorSet.open(first, executor, threads.count());
        TensorSet b = TensorSet.open(second, executor, threads.count())) {
      Notes.unread(spec, first, a.unread());
      Notes.unread(spec, second, b.unread());
      a.entries().forEach(entry -> left.put(entry.name(), entry));
      Workers workers = new Workers(executor, threads.count());
      for (TensorSet.Entry entry : b.entries()) {
        TensorSet.Entry base = left.remove(entry.name());
        try (Arena arena = Arena.ofShared()) {
          diffs.add(TensorDiff.of(entry.values(arena), base == null ? null : base.values(arena), settings, workers));
        }
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      printJson(out, diffs, List.copyOf(left.keySet()));
    } else {
      printTable(out, diffs, List.copyOf(left.keySet()));
    }
    out.flush();
    return 0;
  }

  private boolean isOfQualities() {
    return target.bits != null;
  }

  private void printTable(PrintWriter out, List<TensorDiff> diffs, List<String> missing) {
    TextTable table = new TextTable();
    table.row("tensor of B", "type", "shape", "changed", "change dB", "cosine",
        isOfQualities() ? "B alone dB" : "B alone", isOfQualities() ? "delta dB" : "delta");
    for (TensorDiff diff : diffs) {
      DeltaTrial trial = diff.trial();
      table.row(
          diff.tensor().name(), diff.tensor().dtype().name(), Format.shape(diff.tensor().shape()),
          diff.state() == TensorDiff.State.CHANGED ? Format.number("%.2f %%", 100 * diff.changedShare())
              : diff.state().toString(),
          diff.change() == null ? "-" : Format.decibels(diff.change().snr()),
          diff.change() == null ? "-" : Format.number("%.6f", diff.change().cosine()),
          isOfQualities() ? Format.decibels(trial.aloneSnr()) : Format.number("%.3f", trial.alone()),
          isOfQualities() ? Format.decibels(trial.deltaSnr()) : Format.number("%.3f", trial.delta()));
    }
    missing.forEach(name -> table.row(name, "", "", "not in B", "-", "-", "-", "-"));
    table.print(out);
    Map<TensorDiff.State, Long> counts = new LinkedHashMap<>();
    diffs.forEach(diff -> counts.merge(diff.state(), 1L, Long::sum));
    List<String> parts = new ArrayList<>();
    counts.forEach((state, count) -> parts.add(count + " " + state));
    if (!missing.isEmpty()) {
      parts.add(missing.size() + " not in B");
    }
    out.println(Notes.count(diffs.size(), "tensor") + " of B: " + String.join(", ", parts));
    out.println(verdict(diffs));
  }

  private String verdict(List<TensorDiff> diffs) {
    TensorDistortion all = overall(diffs);
    String change = all.isExact() ? "" : "; the change is at " + Format.decibels(all.snr()) + " dB";
    if (isOfQualities()) {
      return Format.number("B as a delta of A at %s bits per value: %s dB, B alone %s", target.bits,
          Format.decibels(quality(diffs, DeltaTrial::deltaSnr)), Format.decibels(quality(diffs, DeltaTrial::aloneSnr)))
          + change;
    }
    return Format.number("B as a delta of A: %.2f bits per value %s, B alone %.2f",
        mean(diffs, DeltaTrial::delta), target.snr == null ? "lossless" : "at " + target.snr + " dB",
        mean(diffs, DeltaTrial::alone)) + change;
  }

  private static TensorDistortion overall(List<TensorDiff> diffs) {
    return diffs.stream().filter(diff -> diff.change() != null && diff.tensor().dtype().isFloat() && diff.values() > 1)
        .map(TensorDiff::change).reduce(TensorDistortion.NONE, TensorDistortion::plus);
  }

  /** The mean over all values of B. */
  private static double mean(List<TensorDiff> diffs, ToDoubleFunction<DeltaTrial> figure) {
    double values = diffs.stream().mapToDouble(TensorDiff::values).sum();
    return diffs.stream().mapToDouble(diff -> diff.values() * figure.applyAsDouble(diff.trial())).sum() / Math.max(1, values);
  }

  /** The ratio in dB of which the errors have the mean relative energy. */
  private static double quality(List<TensorDiff> diffs, ToDoubleFunction<DeltaTrial> snr) {
    return -10 * StrictMath.log10(mean(diffs, trial -> StrictMath.pow(10, -snr.applyAsDouble(trial) / 10)));
  }

  private void printJson(PrintWriter out, List<TensorDiff> diffs, List<String> missing) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode tensors = root.putArray("tensors");
    for (TensorDiff diff : diffs) {
      ObjectNode node = tensors.addObject();
      node.put("name", diff.tensor().name());
      node.put("dtype", diff.tensor().dtype().name());
      node.put("values", diff.values());
      node.put("state", diff.state().name().toLowerCase(Locale.ROOT));
      Format.put(node, "changed", diff.change() == null ? Double.NaN : diff.changedShare());
      Format.put(node, "changeSnr", diff.change() == null ? Double.NaN : diff.change().snr());
      Format.put(node, "cosine", diff.change() == null ? Double.NaN : diff.change().cosine());
      node.put("measuredValues", diff.trial().values());
      node.put("aloneBits", diff.trial().alone());
      Format.put(node, "aloneSnr", diff.trial().aloneSnr());
      node.put("deltaBits", diff.trial().delta());
      Format.put(node, "deltaSnr", diff.trial().deltaSnr());
    }
    ArrayNode absent = root.putArray("notInB");
    missing.forEach(absent::add);
    Format.put(root, "aloneBits", mean(diffs, DeltaTrial::alone));
    Format.put(root, "deltaBits", mean(diffs, DeltaTrial::delta));
    Format.put(root, "changeSnr", overall(diffs).snr());
    root.put("verdict", verdict(diffs));
    Format.printJson(out, mapper, root);
  }
}
