package llm265.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws rate and distortion: bits per value against SNR, one line for each method. */
public final class Plot {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 800;

  private Plot() {}

  /**
   * Writes a chart as PNG.
   *
   * @param rows rows of one tensor
   */
  public static void write(List<RateDistortion.Row> rows, Path file) throws IOException {
    XYChart chart = new XYChartBuilder()
        .width(WIDTH).height(HEIGHT).title(rows.getFirst().source())
        .xAxisTitle("bits per value").yAxisTitle("SNR in dB").build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideNW);
    Map<String, List<RateDistortion.Row>> lines = new LinkedHashMap<>();
    for (RateDistortion.Row row : rows) {
      lines.computeIfAbsent(row.method(), method -> new ArrayList<>()).add(row);
    }
    lines.forEach((method, line) -> {
      List<RateDistortion.Row> sorted =
          line.stream().sorted(Comparator.comparingDouble(RateDistortion.Row::bits)).toList();
      chart.addSeries(
          method,
          sorted.stream().mapToDouble(RateDistortion.Row::bits).toArray(),
          sorted.stream().mapToDouble(RateDistortion.Row::snr).toArray());
    });
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
  }
}
