package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import llm265.bench.Plot;
import llm265.cli.output.FigureTable;
import llm265.cli.output.FigureTable.Column;
import llm265.cli.output.Notes;
import llm265.cli.output.Progress;
import llm265.fidelity.network.NetworkBench;
import llm265.fidelity.network.NetworkFidelity;
import llm265.fidelity.network.NetworkFidelity.Figure;
import llm265.network.Network;
import llm265.network.NetworkFile;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The table of {@code llm265 bench fidelity} for a network in an ONNX file.
 *
 * @param output beginning of the names of files to write; null for none
 */
record NetworkBenchTable(NetworkBench bench, CommandSpec spec, Path output) {
  /** What is measured of a network. */
  interface Measure {
    NetworkFidelity of(Network original) throws IOException;
  }

  void measure(Path model, Measure measure, int threads) throws IOException {
    String name = model.toAbsolutePath().normalize().getFileName().toString();
    try (NetworkFile file = NetworkFile.open(model); Network original = file.load(threads)) {
      NetworkFidelity fidelity = measure.of(original);
      List<Column> columns = new ArrayList<>(List.of(new Column("bits/value", "%.3f", "bits")));
      fidelity.figures().forEach(figure -> columns.add(new Column(figure.title(), figure.format(), figure.key())));
      columns.add(new Column("seconds", "%.1f", "seconds"));
      FigureTable table = new FigureTable(name, columns);
      Map<String, List<Plot.Point>> lines = new LinkedHashMap<>();
      try (Progress progress = new Progress(name, bench.rows() * fidelity.steps(), "steps")) {
        bench.measure(file, fidelity, progress::step, row -> {
          add(table, row);
          Plot.Point point = new Plot.Point(row.bits(), row.figures()[fidelity.chief()]);
          boolean hasPlace = fidelity.isLogarithmic() ? point.hasLogarithm() : Double.isFinite(point.value());
          if (hasPlace && !Double.isNaN(row.seconds())) {
            lines.computeIfAbsent(row.line(), line -> new ArrayList<>()).add(point);
          }
          if (output != null) {
            table.writeCsv(file(name, ".csv"));
          }
        });
      } finally {
        // What took long is not lost if a later method cannot be used on the network.
        print(table, fidelity);
      }
      if (output != null && !lines.isEmpty()) {
        Figure chief = fidelity.figures().get(fidelity.chief());
        Plot.write(name, chief.title(), fidelity.isLogarithmic(), lines, file(name, ".png"));
      }
    }
  }

  private Path file(String name, String suffix) {
    return output.resolveSibling(output.getFileName() + "-" + name.replaceAll("[^A-Za-z0-9._-]", "_") + suffix);
  }

  private static void add(FigureTable table, NetworkBench.Row row) {
    double[] figures = new double[row.figures().length + 2];
    figures[0] = row.bits();
    System.arraycopy(row.figures(), 0, figures, 1, row.figures().length);
    figures[figures.length - 1] = row.seconds();
    table.row(row.method(), figures);
  }

  private void print(FigureTable table, NetworkFidelity fidelity) {
    PrintWriter out = spec.commandLine().getOut();
    table.print(out);
    out.println();
    out.flush();
    Notes.print(spec, fidelity.note());
  }
}
