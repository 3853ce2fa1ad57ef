package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.bench.Ablation;
import llm265.cli.output.CsvTable;
import llm265.cli.output.Format;
import llm265.cli.output.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llm265 bench ablation}. */
@Command(
    name = "ablation",
    description = {
      "Bits per value at equal SNR, with one step more at a time. The SNR is the one that effort best reaches at --bits.",
      "First a uniform quantizer with an ideal coder of its levels; then Intra_16x16 DC pictures of all values; then what the "
          + "names say.",
      ">: the step does not reach that SNR; it would take more bits than shown."
    },
    mixinStandardHelpOptions = true)
final class BenchAblationCommand implements Callable<Integer> {
  @Mixin private BenchInputs inputs;

  @Option(names = "--bits", paramLabel = "B", defaultValue = "3", description = "Rate of everything together (default: 3)")
  private double bits;

  @Override
  public Integer call() throws IOException {
    inputs.require(bits);
    CsvTable rows = new CsvTable("tensor", "step", "bits", "snr_db");
    List<Ablation.Step> all = new ArrayList<>();
    PrintWriter out = inputs.out();
    try (ExecutorService executor = Executors.newFixedThreadPool(inputs.threads())) {
      Ablation ablation = new Ablation(bits, executor, inputs.threads());
      inputs.forEach(source -> {
        TextTable table = new TextTable();
        table.row(source.name(), "bits/value", "SNR dB");
        for (Ablation.Step step : ablation.measure(source)) {
          table.row(step.name(), bits(step.bits(), step.reached()), Format.number("%.2f", step.snr()));
          rows.row(step.source(), step.name(), step.bits(), step.snr());
          all.add(step);
        }
        table.print(out);
        out.println();
        out.flush();
      });
    }
    TextTable table = new TextTable();
    table.row("all", "bits/value");
    Ablation.means(all).forEach(mean -> table.row(mean.name(), bits(mean.bits(), mean.reached())));
    table.print(out);
    out.flush();
    inputs.write(".csv", rows);
    return 0;
  }

  private static String bits(double bits, boolean reached) {
    return (reached ? "" : ">") + Format.number("%.3f", bits);
  }
}
