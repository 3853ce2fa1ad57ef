package llm265.cli.output;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Figures of named things: as a table for people, with rounded figures, and as JSON and CSV with all digits. */
public final class FigureTable {
  private final String noun;
  private final List<Column> columns;
  private final List<Row> rows = new ArrayList<>();

  /**
   * A column.
   *
   * @param title for people
   * @param format of its figures, one after the other
   * @param keys of its figures in JSON, in camelCase; CSV has them in snake_case
   */
  public record Column(String title, String format, List<String> keys) {
    public Column(String title, String format, String... keys) {
      this(title, format, List.of(keys));
    }

    /** {@code -} where a figure is not known. */
    private String text(double[] figures) {
      boolean known = Arrays.stream(figures).noneMatch(Double::isNaN);
      return known ? Format.number(format, Arrays.stream(figures).boxed().toArray()) : "-";
    }
  }

  private record Row(String name, double[] figures) {}

  /** @param noun what rows are about */
  public FigureTable(String noun, List<Column> columns) {
    this.noun = noun;
    this.columns = List.copyOf(columns);
  }

  /**
   * Adds a row.
   *
   * @param figures one for each key of each column; NaN for what is not known
   */
  public void row(String name, double... figures) {
    rows.add(new Row(name, figures.clone()));
  }

  private Stream<String> keys() {
    return columns.stream().flatMap(column -> column.keys().stream());
  }

  public void print(PrintWriter out) {
    TextTable table = new TextTable();
    table.row(Stream.concat(Stream.of(noun), columns.stream().map(Column::title)).toArray(String[]::new));
    for (Row row : rows) {
      List<String> cells = new ArrayList<>(List.of(row.name));
      int at = 0;
      for (Column column : columns) {
        cells.add(column.text(Arrays.copyOfRange(row.figures, at, at + column.keys().size())));
        at += column.keys().size();
      }
      table.row(cells.toArray(String[]::new));
    }
    table.print(out);
  }

  /** Adds an object for each row. JSON has neither infinity nor NaN: they are null. */
  public void addTo(ArrayNode array) {
    List<String> keys = keys().toList();
    for (Row row : rows) {
      ObjectNode node = array.addObject();
      node.put(noun, row.name);
      for (int i = 0; i < keys.size(); i++) {
        double figure = row.figures[i];
        if (!Double.isFinite(figure)) {
          node.putNull(keys.get(i));
        } else if (isWhole(figure)) {
          node.put(keys.get(i), (long) figure);
        } else {
          node.put(keys.get(i), figure);
        }
      }
    }
  }

  public void writeCsv(Path file) throws IOException {
    CsvTable table = new CsvTable(Stream.concat(Stream.of(noun), keys().map(FigureTable::snakeCase)).toArray(String[]::new));
    for (Row row : rows) {
      List<Object> cells = new ArrayList<>(List.of(row.name));
      for (double figure : row.figures) {
        cells.add(isWhole(figure) ? Long.toString((long) figure) : Double.isNaN(figure) ? "" : Double.toString(figure));
      }
      table.row(cells.toArray());
    }
    table.write(file);
  }

  private static boolean isWhole(double figure) {
    return figure == Math.rint(figure) && Math.abs(figure) < 1L << 53;
  }

  private static String snakeCase(String key) {
    return key.replaceAll("([A-Z])", "_$1").replaceAll("(?<=[a-z])([0-9])", "_$1").toLowerCase(Locale.ROOT);
  }
}
