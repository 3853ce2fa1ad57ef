package llm265.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.checkpoint.file.PrintableText;

/**
 * Rows of text in columns as wide as their widest cell; the first column is aligned left, the others right. A row is one line,
 * whatever the names in it hold.
 */
public final class TextTable {
  private final List<String[]> rows = new ArrayList<>();

  public void row(String... cells) {
    rows.add(Arrays.stream(cells).map(PrintableText::of).toArray(String[]::new));
  }

  public void print(PrintWriter out) {
    int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append(i == 0 ? row[i] + padding : "  " + padding + row[i]);
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
