package llm265.cli.output;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import llm265.checkpoint.file.OutputFile;
import llm265.checkpoint.file.PrintableText;

/** Rows of comma-separated values under a header. A row is one line, whatever its names contain. */
public final class CsvTable {
  private final List<String> lines = new ArrayList<>();

  public CsvTable(String... columns) {
    lines.add(String.join(",", columns));
  }

  /** Adds a row of names, whole numbers, and other numbers, which get four decimals; NaN leaves its cell empty. */
  public void row(Object... cells) {
    lines.add(Arrays.stream(cells).map(CsvTable::cell).collect(Collectors.joining(",")));
  }

  private static String cell(Object value) {
    if (value instanceof Double number) {
      return number.isNaN() ? "" : Format.number("%.4f", number);
    }
    String printable = PrintableText.of(value.toString());
    return printable.matches(".*[\",].*") ? '"' + printable.replace("\"", "\"\"") + '"' : printable;
  }

  public boolean isEmpty() {
    return lines.size() == 1;
  }

  public void write(Path file) throws IOException {
    try (OutputFile output = OutputFile.create(file)) {
      output.write(MemorySegment.ofArray((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
      output.commit();
    }
  }
}
