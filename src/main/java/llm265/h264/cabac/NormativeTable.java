package llm265.h264.cabac;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A table of the standard, kept as text next to this package: one row per entry, columns as in the standard. */
public final class NormativeTable {
  private NormativeTable() {}

  /** The rows of the resource, {@code columns} integers each; lines that begin with # are comments. */
  public static int[][] read(String resource, int columns) {
    List<int[]> rows = new ArrayList<>();
    try (InputStream in = NormativeTable.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource " + resource + " is missing");
      }
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.startsWith("#")) {
          rows.add(parse(line, columns, resource));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + resource, e);
    }
    return rows.toArray(new int[0][]);
  }

  private static int[] parse(String line, int columns, String resource) {
    String[] cells = line.split(" ");
    if (cells.length != columns) {
      throw new IllegalStateException("resource " + resource + ": " + line);
    }
    int[] row = new int[columns];
    for (int column = 0; column < columns; column++) {
      row[column] = Integer.parseInt(cells[column]);
    }
    return row;
  }
}
