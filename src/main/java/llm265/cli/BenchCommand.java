package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import llm265.bench.Ablation;
import llm265.bench.Peer;
import llm265.bench.Plot;
import llm265.bench.RateDistortion;
import llm265.bench.Source;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.OutputFile;
import llm265.checkpoint.PrintableText;
import llm265.dtype.TensorView;
import llm265.model.ModelCompressor;
import llm265.tensor.Effort;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 bench}. */
@Command(
    name = "bench",
    description = "Measures rate, distortion and speed, of us and of others.",
    subcommands = {BenchCommand.RateDistortionCommand.class, BenchCommand.AblationCommand.class, BenchSpeedCommand.class},
    mixinStandardHelpOptions = true)
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand");
  }

  /** What all have in common. */
  static final class Inputs {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(
        arity = "0..*",
        paramLabel = "IN",
        defaultValue = "gauss:4194304",
        description = "Files (.safetensors, .onnx, .npy), or random data: gauss:N, laplace:N, scaled-columns:N "
            + "(default: ${DEFAULT-VALUE})")
    private List<String> inputs;

    @Option(names = "--include", paramLabel = "REGEX", description = "Only tensors whose names contain this")
    private Pattern include;

    @Option(names = "--exclude", paramLabel = "REGEX", description = "No tensors whose names contain this")
    private Pattern exclude;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Seed of the random data (default: 1)")
    private long seed;

    @Option(names = "-o", paramLabel = "PREFIX", description = "Write PREFIX.csv, and for rd PREFIX-savings.csv and PREFIX-TENSOR.png")
    private Path output;

    @Mixin ThreadsOption threads;

    interface Work {
      void accept(Source source) throws IOException;
    }

    void forEach(Work work) throws IOException {
      for (String input : inputs) {
        if (Source.isSynthetic(input)) {
          work.accept(Source.synthetic(input, seed));
          continue;
        }
        try (Checkpoint checkpoint = Checkpoint.open(Path.of(input))) {
          Arguments.tellUnread(spec, checkpoint.path(), checkpoint.unread());
          for (TensorView tensor : checkpoint.tensors()) {
            boolean wanted = include == null || include.matcher(tensor.name()).find();
            wanted &= exclude == null || !exclude.matcher(tensor.name()).find();
            Source source = wanted && ModelCompressor.isCompressible(tensor) ? source(tensor) : null;
            if (source != null) {
              work.accept(source);
            }
          }
        }
      }
    }

    /** Opens every file once, so that one that is missing or damaged is told before anything is measured. */
    void requireFiles() throws IOException {
      if (output != null && OutputFile.isStandardOutput(output)) {
        throw new ParameterException(spec.commandLine(), "-o " + output + ": files of several names are written, begin them with another");
      }
      for (String input : inputs) {
        if (!Source.isSynthetic(input)) {
          Checkpoint.open(Path.of(input)).close();
        }
      }
    }

    /** The tensor, or null if it cannot be measured: that should not end a model's run. */
    private Source source(TensorView tensor) {
      try {
        return Source.of(tensor);
      } catch (IllegalArgumentException e) {
        spec.commandLine().getErr().println("llm265: left out: " + e.getMessage());
        return null;
      }
    }

    PrintWriter out() {
      return spec.commandLine().getOut();
    }

    private Path file(String suffix) {
      return output.resolveSibling(output.getFileName() + suffix);
    }

    /** Writes a table where -o asks for one. */
    void writeCsv(String suffix, List<String> lines) throws IOException {
      if (output == null) {
        return;
      }
      try (OutputFile file = OutputFile.create(file(suffix))) {
        file.write(MemorySegment.ofArray((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
        file.commit();
      }
    }
  }

  static String number(double value) {
    return Double.isNaN(value) ? "" : Format.number("%.4f", value);
  }

  static String csv(String name) {
    String printable = PrintableText.of(name);
    return printable.matches(".*[\",].*") ? '"' + printable.replace("\"", "\"\"") + '"' : printable;
  }

  /** {@code llm265 bench rd}. */
  @Command(
      name = "rd",
      description = {
        "Bits against SNR: ours at each effort, rounding to nearest with group scales, Lloyd-Max, an ideal entropy-coded quantizer, "
            + "Shannon's bound; x264 and x265 where their programs, or an FFmpeg with them, are on the PATH, fed the same clipped frames "
            + "at their best settings.",
        "Every byte is counted. gap: bits above Shannon's bound."
      },
      mixinStandardHelpOptions = true)
  static final class RateDistortionCommand implements Callable<Integer> {
    @Mixin private Inputs inputs;

    @Option(names = "--bits", paramLabel = "B", split = ",", defaultValue = "2,3,4", description = "Rates (default: 2,3,4)")
    private double[] bits;

    @Option(names = "--effort", paramLabel = "E", split = ",", description = "fast, balanced, best, max (default: all)")
    private List<Effort> efforts = List.of(Effort.values());

    @Option(names = "--peers", paramLabel = "P", split = ",", description = "x264, x265 or none (default: those that are there)")
    private List<String> peers;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      for (double rate : bits) {
        if (!(rate >= 0.5 && rate <= 8)) {
          throw new ParameterException(spec.commandLine(), "--bits " + rate + " is not in 0.5..8");
        }
      }
      inputs.requireFiles();
      Arrays.sort(bits);
      List<RateDistortion.Row> rows = new ArrayList<>();
      List<RateDistortion.Saving> savings = new ArrayList<>();
      try (ExecutorService executor = Executors.newFixedThreadPool(inputs.threads.count())) {
        RateDistortion measure =
            new RateDistortion(bits, efforts, List.copyOf(peers()), executor, inputs.threads.count());
        inputs.forEach(source -> {
          RateDistortion.Result result = measure.measure(source);
          rows.addAll(result.rows());
          savings.addAll(result.savings());
          print(result);
          if (inputs.output != null) {
            Plot.write(result.rows(), inputs.file("-" + source.name().replaceAll("[^A-Za-z0-9._-]", "_") + ".png"));
          }
        });
      }
      summarize(savings);
      if (inputs.output != null) {
        List<String> lines = new ArrayList<>(List.of("tensor,values,method,bits,snr_db,gap_bits,seconds"));
        for (RateDistortion.Row row : rows) {
          lines.add(String.join(",", csv(row.source()), Integer.toString(row.values()), row.method(), number(row.bits()),
              number(row.snr()), number(row.gap()), number(row.seconds())));
        }
        inputs.writeCsv(".csv", lines);
        if (!savings.isEmpty()) {
          inputs.writeCsv("-savings.csv", lines(savings));
        }
      }
      inputs.out().flush();
      return 0;
    }

    private static List<String> lines(List<RateDistortion.Saving> savings) {
      List<String> lines = new ArrayList<>(List.of("tensor,values,effort,snr_db,others_bits,bits,saving_percent"));
      for (RateDistortion.Saving saving : savings) {
        lines.add(String.join(",", csv(saving.source()), Integer.toString(saving.values()),
            saving.effort().toString().toLowerCase(Locale.ROOT), number(saving.snr()), number(saving.peerBits()),
            number(saving.bits()), number(100 * saving.share())));
      }
      return lines;
    }

    private Set<Peer> peers() {
      Set<Peer> chosen = EnumSet.noneOf(Peer.class);
      if (peers == null) {
        for (Peer peer : Peer.values()) {
          if (peer.isThere()) {
            chosen.add(peer);
          } else {
            spec.commandLine().getErr().println("llm265: " + peer + " is left out: neither it nor an FFmpeg that has it is on the PATH");
          }
        }
        return chosen;
      }
      for (String name : peers) {
        if (name.equals("none")) {
          continue;
        }
        Peer peer = Arrays.stream(Peer.values()).filter(p -> p.toString().equals(name)).findFirst()
            .orElseThrow(() -> new ParameterException(spec.commandLine(), "--peers " + name + " is not x264, x265 or none"));
        if (!peer.isThere()) {
          throw new ParameterException(spec.commandLine(), "--peers " + name + ": neither it nor an FFmpeg that has it is on the PATH");
        }
        chosen.add(peer);
      }
      return chosen;
    }

    private void print(RateDistortion.Result result) {
      PrintWriter out = inputs.out();
      TextTable table = new TextTable();
      table.row(result.rows().getFirst().source(), "bits/value", "SNR dB", "gap", "seconds");
      for (RateDistortion.Row row : result.rows()) {
        table.row(row.method(), Format.number("%.3f", row.bits()), Format.number("%.2f", row.snr()),
            Format.number("%.3f", row.gap()), Double.isNaN(row.seconds()) ? "" : Format.number("%.2f", row.seconds()));
      }
      table.print(out);
      for (RateDistortion.Saving saving : result.savings()) {
        out.println(Format.number("  %s needs %.3f bits for the %.2f dB that the better of the others has at %.2f: %.1f %% fewer",
            saving.effort().toString().toLowerCase(Locale.ROOT), saving.bits(), saving.snr(), saving.peerBits(), 100 * saving.share()));
      }
      out.println();
      out.flush();
    }

    private void summarize(List<RateDistortion.Saving> savings) {
      Map<String, List<RateDistortion.Saving>> groups = new LinkedHashMap<>();
      for (RateDistortion.Saving saving : savings) {
        String key = Format.number("%s at %.2f bits", saving.effort().toString().toLowerCase(Locale.ROOT), saving.peerBits());
        groups.computeIfAbsent(key, k -> new ArrayList<>()).add(saving);
      }
      groups.forEach((key, group) -> {
        double ours = group.stream().mapToDouble(s -> s.bits() * s.values()).sum();
        double others = group.stream().mapToDouble(s -> s.peerBits() * s.values()).sum();
        RateDistortion.Saving worst = group.stream().min(Comparator.comparingDouble(RateDistortion.Saving::share)).orElseThrow();
        inputs.out().println(Format.number("all, %s of the others: %.1f %% fewer; least %.1f %%, %s",
            key, 100 * (1 - ours / others), 100 * worst.share(), worst.source()));
      });
    }
  }

  /** {@code llm265 bench ablation}. */
  @Command(
      name = "ablation",
      description = {
        "Bits per value at equal SNR, with one step more at a time. The SNR is what effort best comes to at --bits.",
        "First a uniform quantizer with an ideal coder of its levels; then Intra_16x16 DC pictures of all values; then what the names say.",
        ">: the step does not come to that SNR; it would take more bits than are told."
      },
      mixinStandardHelpOptions = true)
  static final class AblationCommand implements Callable<Integer> {
    @Mixin private Inputs inputs;

    @Option(names = "--bits", paramLabel = "B", defaultValue = "3", description = "Rate of everything together (default: 3)")
    private double bits;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      if (!(bits >= 0.5 && bits <= 8)) {
        throw new ParameterException(spec.commandLine(), "--bits " + bits + " is not in 0.5..8");
      }
      inputs.requireFiles();
      List<String> lines = new ArrayList<>(List.of("tensor,step,bits,snr_db"));
      Map<String, double[]> totals = new LinkedHashMap<>();
      PrintWriter out = inputs.out();
      try (ExecutorService executor = Executors.newFixedThreadPool(inputs.threads.count())) {
        Ablation ablation = new Ablation(bits, executor, inputs.threads.count());
        inputs.forEach(source -> {
          TextTable table = new TextTable();
          table.row(source.name(), "bits/value", "SNR dB");
          for (Ablation.Step step : ablation.measure(source)) {
            table.row(step.name(), bits(step.bits(), step.reached()), Format.number("%.2f", step.snr()));
            lines.add(String.join(",", csv(step.source()), csv(step.name()), number(step.bits()), number(step.snr())));
            double[] total = totals.computeIfAbsent(step.name(), name -> new double[3]);
            total[0] += step.bits() * source.values().length;
            total[1] += source.values().length;
            total[2] += step.reached() ? 0 : 1;
          }
          table.print(out);
          out.println();
          out.flush();
        });
      }
      TextTable table = new TextTable();
      table.row("all", "bits/value");
      totals.forEach((name, total) -> table.row(name, bits(total[0] / total[1], total[2] == 0)));
      table.print(out);
      out.flush();
      inputs.writeCsv(".csv", lines);
      return 0;
    }

    private static String bits(double bits, boolean reached) {
      return (reached ? "" : ">") + Format.number("%.3f", bits);
    }
  }
}
