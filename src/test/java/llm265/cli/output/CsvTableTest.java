package llm265.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTableTest {
  @TempDir private Path folder;

  @Test
  void aRowIsALineWhateverItsNamesHold() throws IOException {
    CsvTable table = new CsvTable("name", "values", "bits", "seconds");
    assertThat(table.isEmpty()).isTrue();
    table.row("plain", 7, 2.5, Double.NaN);
    table.row("a \"b\", c\n", 1L << 40, 1 / 3.0, 0.0);
    assertThat(table.isEmpty()).isFalse();
    Path file = folder.resolve("t.csv");
    table.write(file);
    assertThat(file).hasContent(
        "name,values,bits,seconds\nplain,7,2.5000,\n\"a \"\"b\"\", c\\u000a\",1099511627776,0.3333,0.0000\n");
  }
}
