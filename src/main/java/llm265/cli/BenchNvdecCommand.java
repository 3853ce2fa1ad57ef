package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.TensorEncoder;
import llm265.bench.NvdecSpeed;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.oracle.FfmpegDecoder;
import llm265.oracle.NvdecDecoder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code llm265 bench nvdec}. */
@Command(
    name = "nvdec",
    description = {
      "Values per second that NVDEC decodes, at each rate and number of sessions at a time, through an ffmpeg that reaches it.",
      "Each session is an ffmpeg program of its own; pictures are dropped where they are. The time that programs take to start "
          + "does not count."
    },
    mixinStandardHelpOptions = true)
final class BenchNvdecCommand implements Callable<Integer> {
  private static final int MOST_SESSIONS = 64;
  private static final int LEAST_COPIES = 3;

  @Mixin private BenchInputs inputs;

  @Mixin private FfmpegOption ffmpeg;

  @Option(names = "--bits", paramLabel = "B", split = ",", defaultValue = "2,3,4", description = "Rates (default: 2,3,4)")
  private double[] bits;

  @Option(
      names = "--sessions",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2,3,4,5,6,7,8",
      description = "Sessions at a time (default: 1 to 8)")
  private List<Integer> sessions;

  @Option(
      names = "--copies",
      paramLabel = "N",
      defaultValue = "50",
      description = "Copies of the stream that a session decodes; more for a machine that is fast (default: 50)")
  private int copies;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    for (int count : sessions) {
      if (count < 1 || count > MOST_SESSIONS) {
        throw inputs.wrong("--sessions " + count + " is not in 1.." + MOST_SESSIONS);
      }
    }
    if (copies < LEAST_COPIES) {
      throw inputs.wrong("--copies " + copies + " is less than " + LEAST_COPIES);
    }
    inputs.require(bits);
    FfmpegDecoder nvdec = NvdecDecoder.find(ffmpeg.find(line -> Notes.print(spec, line))).decoder();
    PrintWriter out = inputs.out();
    CsvTable rows = new CsvTable("tensor", "values", "bits", "sessions", "mvalues_per_second", "mvalues_per_second_and_session");
    int threads = inputs.threads();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads);
        NvdecSpeed speed = new NvdecSpeed(nvdec.command(), copies)) {
      inputs.forEach(source -> {
        out.println(Format.number(
            "%-34s%12s%10s%12s%14s", source.name(), "bits/value", "sessions", "M values/s", "each session"));
        for (double rate : bits) {
          byte[] stream = TensorEncoder.atBits(rate).withThreads(executor, threads).encode(source.tensor());
          speed.use(stream);
          double actual = 8.0 * stream.length / source.values().length;
          for (int count : sessions) {
            double all = speed.streamsPerSecond(count) * source.values().length / 1e6;
            out.println(Format.number("%-34s%12.3f%10d%12.1f%14.1f", "", actual, count, all, all / count));
            out.flush();
            rows.row(source.name(), source.values().length, actual, count, all, all / count);
          }
        }
      });
    }
    inputs.write(".csv", rows);
    return 0;
  }
}
