package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import llm265.bench.LinkSpeed;
import llm265.bench.OwnCoding;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Format;
import llm265.cli.output.TextTable;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llm265 bench link}. */
@Command(
    name = "link",
    description = {
      "For which links coding pays on this machine: values per second of encoding and decoding, and what they make of links.",
      "Gbit/s, all of them: values of 16 bits. breaks even: a faster link carries a stream of tensors sooner as it is, with "
          + "encoder, link and decoder at work at the same time; alone: one tensor, which is coded, sent and decoded one after "
          + "the other. L x: what a link of L Gbit/s is worth, the least of encoder, link and decoder.",
      "Each end of the link has the threads of its line, and codes with a given quantizer. messages: what run-time tensors are "
          + "coded in, with a rate that is held."
    },
    mixinStandardHelpOptions = true)
final class BenchLinkCommand implements Callable<Integer> {
  private static final double GIGA = 1e9;

  @Mixin private BenchInputs inputs;

  @Option(
      names = "--bits", paramLabel = "B", split = ",", defaultValue = "0.8,1.4,2.6,3.5",
      description = "Rates (default: ${DEFAULT-VALUE})")
  private double[] bits;

  @Option(names = "--effort", paramLabel = "E", split = ",", description = "fast, balanced, best, max (default: fast)")
  private List<Effort> efforts = List.of(Effort.FAST);

  @Option(names = "--codec", paramLabel = "C", split = ",", description = "h264, trinity (default: both)")
  private List<Codec> codecs = List.of(Codec.H264, Codec.TRINITY);

  @Option(
      names = "--links", paramLabel = "G", split = ",", defaultValue = "0.1,1,10",
      description = "Bandwidths of links in Gbit/s (default: ${DEFAULT-VALUE})")
  private double[] links;

  @Option(
      names = "--seconds", paramLabel = "S", defaultValue = "1",
      description = "Time to warm up, and then to measure, for every figure (default: ${DEFAULT-VALUE})")
  private double seconds;

  @Override
  public Integer call() throws IOException {
    if (!(seconds >= 0 && seconds <= 600)) {
      throw inputs.wrong("--seconds " + seconds + " is not in 0..600");
    }
    for (double link : links) {
      if (!(link > 0 && link <= 1e6)) {
        throw inputs.wrong("--links " + link + " is not in 0..1000000");
      }
    }
    inputs.require(bits);
    CsvTable csv = new CsvTable("tensor", "coding", "threads", "bits", "encode_mvalues_per_second",
        "decode_mvalues_per_second", "break_even_gbit", "break_even_alone_gbit", "link_gbit", "effective_gbit");
    List<Integer> threads = inputs.threads() == 1 ? List.of(1) : List.of(1, inputs.threads());
    LinkSpeed speed = new LinkSpeed(bits, OwnCoding.of(codecs, efforts), threads, seconds);
    PrintWriter out = inputs.out();
    inputs.forEach(source -> {
      List<LinkSpeed.Row> rows = new ArrayList<>();
      speed.measure(source, rows::add);
      speed.measureMessages(source, rows::add);
      print(out, source.name(), rows);
      for (LinkSpeed.Row row : rows) {
        for (double link : links) {
          csv.row(row.source(), row.coding(), row.threads(), row.bits(), row.encoded() / 1e6, row.decoded() / 1e6,
              row.breakEven() / GIGA, row.breakEvenAlone() / GIGA, link, row.effective(GIGA * link) / GIGA);
        }
      }
    });
    inputs.write(".csv", csv);
    return 0;
  }

  private void print(PrintWriter out, String name, List<LinkSpeed.Row> rows) {
    TextTable table = new TextTable();
    List<String> head = new ArrayList<>(List.of(name, "threads", "bits/value", "encode", "decode", "breaks even", "alone"));
    Arrays.stream(links).forEach(link -> head.add(Format.number("%.4g x", link)));
    table.row(head.toArray(new String[0]));
    for (LinkSpeed.Row row : rows) {
      List<String> cells = new ArrayList<>(List.of(row.coding(), Integer.toString(row.threads()),
          Format.number("%.3f", row.bits()), gigabits(16 * row.encoded()), gigabits(16 * row.decoded()),
          gigabits(row.breakEven()), gigabits(row.breakEvenAlone())));
      Arrays.stream(links).forEach(link -> cells.add(gigabits(row.effective(GIGA * link))));
      table.row(cells.toArray(new String[0]));
    }
    table.print(out);
    out.println();
    out.flush();
  }

  private static String gigabits(double bits) {
    return Format.number("%.2f", bits / GIGA);
  }
}
