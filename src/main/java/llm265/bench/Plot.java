package llm265.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.file.OutputFile;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws measurements against rates, one line for each method. */
public final class Plot {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 800;
  private static final int MARKER = 12;

  private Plot() {}

  /** A measurement at a rate, in bits per value. */
  public record Point(double bits, double value) {
    /** Whether it has a place on a logarithmic axis. */
    public boolean hasLogarithm() {
      return value > 0 && value < Double.POSITIVE_INFINITY;
    }
  }

  /**
   * Writes a chart of bits per value against SNR as PNG.
   *
   * @param rows rows of one tensor
   */
  public static void write(List<RateDistortion.Row> rows, Path file) throws IOException {
    Map<String, List<Point>> lines = new LinkedHashMap<>();
    for (RateDistortion.Row row : rows) {
      lines.computeIfAbsent(row.method(), method -> new ArrayList<>()).add(new Point(row.bits(), row.snr()));
    }
    write(rows.getFirst().source(), "SNR in dB", false, lines, file);
  }

  /**
   * Writes a chart as PNG.
   *
   * @param axis what the values are
   * @param logarithmic whether that axis is; then all values have a logarithm
   * @param lines points by method
   */
  public static void write(String title, String axis, boolean logarithmic, Map<String, List<Point>> lines, Path file)
      throws IOException {
    XYChart chart = new XYChartBuilder()
        .width(WIDTH).height(HEIGHT).title(title).xAxisTitle("bits per value").yAxisTitle(axis).build();
    chart.getStyler().setLegendPosition(logarithmic ? LegendPosition.InsideNE : LegendPosition.InsideNW);
    chart.getStyler().setYAxisLogarithmic(logarithmic);
    chart.getStyler().setMarkerSize(MARKER);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    lines.forEach((method, line) -> {
      List<Point> sorted = line.stream().sorted(Comparator.comparingDouble(Point::bits)).toList();
      chart.addSeries(
          method,
          sorted.stream().mapToDouble(Point::bits).toArray(),
          sorted.stream().mapToDouble(Point::value).toArray());
    });
    try (OutputFile output = OutputFile.create(file)) {
      BitmapEncoder.saveBitmap(chart, output.stream(), BitmapFormat.PNG);
      output.commit();
    }
  }
}
