package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.bench.OwnCoding;
import llm265.bench.Speed;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Format;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code llm265 bench speed}. */
@Command(
    name = "speed",
    description = {
      "Values per second of encoding and decoding, on one thread and on all, in a steady state: ours with each codec and effort "
          + "and a given quantizer, FFmpeg's decoder on the same streams, and x264 on the same clipped frames, where their "
          + "programs are on the PATH.",
      "MB/s: of the values as F32. Mbit/s: of the stream. The fastest run counts; programs are timed by how much longer more "
          + "data takes."
    },
    mixinStandardHelpOptions = true)
final class BenchSpeedCommand implements Callable<Integer> {
  @Mixin private BenchInputs inputs;

  @Option(names = "--bits", paramLabel = "B", split = ",", defaultValue = "1,2,3,4", description = "Rates (default: 1,2,3,4)")
  private double[] bits;

  @Option(
      names = "--effort",
      paramLabel = "E",
      split = ",",
      description = "fast, balanced, best, max (default: fast,balanced,best)")
  private List<Effort> efforts = List.of(Effort.FAST, Effort.BALANCED, Effort.BEST);

  @Option(names = "--codec", paramLabel = "C", split = ",", description = "h264, trinity (default: both)")
  private List<Codec> codecs = List.of(Codec.H264, Codec.TRINITY);

  @Option(names = "--peers", paramLabel = "P", split = ",", description = "ffmpeg, x264 or none (default: those on this machine)")
  private List<String> peers;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "1",
      description = "Time to warm up, and then to measure, for every figure (default: 1)")
  private double seconds;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!(seconds >= 0 && seconds <= 600)) {
      throw inputs.wrong("--seconds " + seconds + " is not in 0..600");
    }
    inputs.require(bits);
    Set<String> others = peers();
    PrintWriter out = inputs.out();
    out.println(Format.number("Java %s, %s %s, %d processors", Runtime.version(), System.getProperty("os.name"),
        System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors()));
    CsvTable rows = new CsvTable(
        "tensor", "values", "work", "threads", "bits", "mvalues_per_second", "mb_per_second", "mbit_per_second");
    int threads = inputs.threads();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      Speed speed = new Speed(bits, OwnCoding.of(codecs, efforts), others, seconds, executor, threads);
      inputs.forEach(source -> {
        out.println();
        out.println(Format.number("%-34s%8s%12s%12s%10s%10s", source.name(), "threads", "bits/value", "M values/s",
            "MB/s", "Mbit/s"));
        speed.measure(source, row -> {
          out.println(Format.number("%-34s%8d%12s%12.1f%10.0f%10s", row.work(), row.threads(), orNothing("%.3f", row.bits()),
              row.valuesPerSecond() / 1e6, row.megabytes(), orNothing("%.0f", row.megabits())));
          out.flush();
          rows.row(row.source(), source.values().length, row.work(), row.threads(), row.bits(), row.valuesPerSecond() / 1e6,
              row.megabytes(), row.megabits());
        });
      });
    }
    out.flush();
    inputs.write(".csv", rows);
    return 0;
  }

  private static String orNothing(String format, double value) {
    return Double.isNaN(value) ? "" : Format.number(format, value);
  }

  private Set<String> peers() {
    Set<String> there = new TreeSet<>(Speed.peersThere());
    if (peers == null) {
      Speed.PEERS.stream().filter(peer -> !there.contains(peer))
          .forEach(peer -> spec.commandLine().getErr().println("llm265: " + peer + " is left out: it is not on the PATH"));
      return there;
    }
    Set<String> chosen = new TreeSet<>(peers);
    chosen.remove("none");
    for (String peer : chosen) {
      if (!Speed.PEERS.contains(peer)) {
        throw inputs.wrong("--peers " + peer + " is not ffmpeg, x264 or none");
      }
      if (!there.contains(peer)) {
        throw inputs.wrong("--peers " + peer + ": it is not on the PATH");
      }
    }
    return chosen;
  }
}
