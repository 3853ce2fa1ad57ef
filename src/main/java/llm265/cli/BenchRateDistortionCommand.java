package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.bench.OwnCoding;
import llm265.bench.Peer;
import llm265.bench.Plot;
import llm265.bench.RateDistortion;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Format;
import llm265.cli.output.TextTable;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code llm265 bench rd}. */
@Command(
    name = "rd",
    description = {
      "Bits against SNR: ours with each codec and effort, rounding to nearest with group scales, Lloyd-Max, an ideal "
          + "entropy-coded quantizer, Shannon's bound; x264 and x265 where their programs, or an FFmpeg with them, are on the "
          + "PATH, fed the same clipped frames at their best settings.",
      "Every byte is counted. gap: bits above Shannon's bound."
    },
    mixinStandardHelpOptions = true)
final class BenchRateDistortionCommand implements Callable<Integer> {
  @Mixin private BenchInputs inputs;

  @Option(names = "--bits", paramLabel = "B", split = ",", defaultValue = "2,3,4", description = "Rates (default: 2,3,4)")
  private double[] bits;

  @Option(names = "--effort", paramLabel = "E", split = ",", description = "fast, balanced, best, max (default: all)")
  private List<Effort> efforts = List.of(Effort.values());

  @Option(names = "--codec", paramLabel = "C", split = ",", description = "h264, trinity (default: both)")
  private List<Codec> codecs = List.of(Codec.H264, Codec.TRINITY);

  @Option(names = "--peers", paramLabel = "P", split = ",", description = "x264, x265 or none (default: those on this machine)")
  private List<String> peers;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    inputs.require(bits);
    Arrays.sort(bits);
    CsvTable rows = new CsvTable("tensor", "values", "method", "bits", "snr_db", "gap_bits", "seconds");
    List<RateDistortion.Saving> savings = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(inputs.threads())) {
      RateDistortion measure = new RateDistortion(
          bits, OwnCoding.of(codecs, efforts), List.copyOf(peers()), executor, inputs.threads());
      inputs.forEach(source -> {
        RateDistortion.Result result = measure.measure(source);
        for (RateDistortion.Row row : result.rows()) {
          rows.row(row.source(), row.values(), row.method(), row.bits(), row.snr(), row.gap(), row.seconds());
        }
        savings.addAll(result.savings());
        print(result);
        Optional<Path> plot = inputs.file("-" + source.name().replaceAll("[^A-Za-z0-9._-]", "_") + ".png");
        if (plot.isPresent()) {
          Plot.write(result.rows(), plot.get());
        }
      });
    }
    for (RateDistortion.Summary summary : RateDistortion.summarize(savings)) {
      inputs.out().println(Format.number("all, %s at %.2f bits of the others: %.1f %% fewer; least %.1f %%, %s",
          summary.coding(), summary.peerBits(), 100 * summary.share(), 100 * summary.least().share(),
          summary.least().source()));
    }
    inputs.write(".csv", rows);
    CsvTable table = table(savings);
    if (!table.isEmpty()) {
      inputs.write("-savings.csv", table);
    }
    inputs.out().flush();
    return 0;
  }

  private static CsvTable table(List<RateDistortion.Saving> savings) {
    CsvTable table = new CsvTable("tensor", "values", "coding", "snr_db", "others_bits", "bits", "saving_percent");
    for (RateDistortion.Saving saving : savings) {
      table.row(saving.source(), saving.values(), saving.coding(), saving.snr(), saving.peerBits(), saving.bits(),
          100 * saving.share());
    }
    return table;
  }

  private Set<Peer> peers() {
    Set<Peer> chosen = EnumSet.noneOf(Peer.class);
    if (peers == null) {
      for (Peer peer : Peer.values()) {
        if (peer.isThere()) {
          chosen.add(peer);
        } else {
          spec.commandLine().getErr().println(
              "llm265: " + peer + " is left out: neither it nor an FFmpeg that has it is on the PATH");
        }
      }
      return chosen;
    }
    for (String name : peers) {
      if (name.equals("none")) {
        continue;
      }
      Peer peer = Arrays.stream(Peer.values()).filter(p -> p.toString().equals(name)).findFirst()
          .orElseThrow(() -> inputs.wrong("--peers " + name + " is not x264, x265 or none"));
      if (!peer.isThere()) {
        throw inputs.wrong("--peers " + name + ": neither it nor an FFmpeg that has it is on the PATH");
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
          saving.coding(), saving.bits(), saving.snr(), saving.peerBits(), 100 * saving.share()));
    }
    out.println();
    out.flush();
  }
}
