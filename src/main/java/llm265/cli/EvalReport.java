package llm265.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import llm265.bench.Plot;
import llm265.cli.output.FigureTable;

/**
 * What {@code llm265 eval} has measured.
 *
 * @param kind the word for it in JSON
 * @param facts what else JSON says before the models
 * @param table a row for each model
 * @param note what was measured, in one line
 * @param axis what is drawn over bits per value
 * @param isLogarithmic whether by its logarithm
 * @param lines what is drawn, by the names of models; to be filled by {@link #draw}
 */
record EvalReport(
    String kind, Map<String, Integer> facts, FigureTable table, String note, String axis, boolean isLogarithmic,
    Map<String, List<Plot.Point>> lines) {
  EvalReport(String kind, Map<String, Integer> facts, FigureTable table, String note, String axis, boolean isLogarithmic) {
    this(kind, facts, table, note, axis, isLogarithmic, new LinkedHashMap<>());
  }

  /** Adds a point to the line of a model. */
  void draw(String name, double bits, double figure) {
    lines.computeIfAbsent(name, added -> new ArrayList<>()).add(new Plot.Point(bits, figure));
  }
}
