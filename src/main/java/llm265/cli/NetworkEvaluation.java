package llm265.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import llm265.cli.output.FigureTable;
import llm265.cli.output.FigureTable.Column;
import llm265.cli.output.Progress;
import llm265.fidelity.network.NetworkFidelity;
import llm265.fidelity.network.NetworkFidelity.Figure;
import llm265.network.Network;
import llm265.network.NetworkFile;
import llm265.network.NetworkWeights;

/**
 * {@code llm265 eval} on a network in an ONNX file. The others are its weights in another file, or networks of the same kind in
 * ONNX files of their own.
 */
record NetworkEvaluation(NetworkFile file, NetworkFidelity fidelity, Executor executor, int threads) {
  /** Measures the original and others. Bits are those of whole files, over the values of the original. */
  EvalReport measure(List<Path> against, Column bits, Column seconds) throws IOException {
    List<Column> columns = new ArrayList<>(List.of(bits));
    fidelity.figures().forEach(figure -> columns.add(new Column(figure.title(), figure.format(), figure.key())));
    columns.add(seconds);
    FigureTable table = new FigureTable("model", columns);
    Figure chief = fidelity.figures().get(fidelity.chief());
    EvalReport report = new EvalReport(
        fidelity.kind().word(), Map.of(), table, fidelity.note(), chief.title(), fidelity.isLogarithmic());
    for (Path path : against) {
      if (!NetworkFile.isNetwork(path)) {
        NetworkWeights.open(path, file, executor, threads).close();
      }
    }
    try (Progress progress = new Progress("evaluate", fidelity.steps() * (1 + against.size()), "steps")) {
      long start = System.nanoTime();
      add(table, file.path(), bits(file.checkpoint().bytes()), fidelity.original(progress::step), start);
      for (Path path : against) {
        start = System.nanoTime();
        double[] figures = figures(path, progress);
        double rate = bits(Files.size(path));
        add(table, path, rate, figures, start);
        report.draw(path.toString(), rate, figures[fidelity.chief()]);
      }
    }
    return report;
  }

  private double bits(long bytes) {
    return 8.0 * bytes / file.values();
  }

  private double[] figures(Path path, Progress progress) throws IOException {
    if (NetworkFile.isNetwork(path)) {
      try (NetworkFile other = NetworkFile.open(path); Network network = other.load(threads)) {
        return fidelity.of(network, progress::step);
      }
    }
    try (NetworkWeights weights = NetworkWeights.open(path, file, executor, threads);
        Network network = file.load(weights, threads)) {
      return fidelity.of(network, progress::step);
    }
  }

  private static void add(FigureTable table, Path path, double bits, double[] figures, long start) {
    double[] row = new double[figures.length + 2];
    row[0] = bits;
    System.arraycopy(figures, 0, row, 1, figures.length);
    row[row.length - 1] = (System.nanoTime() - start) / 1e9;
    table.row(path.toString(), row);
  }
}
