package llm265.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import llm265.cli.output.FigureTable.Column;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FigureTableTest {
  private final FigureTable table = new FigureTable("model", List.of(
      new Column("loss", "%.2f +- %.1f", "meanLoss", "lossError"), new Column("tokens", "%.0f", "tokens99")));

  @BeforeEach
  void fill() {
    table.row("a, b", 1.0 / 3, 0.125, 7);
    table.row("c", Double.NaN, 0.5, Double.POSITIVE_INFINITY);
  }

  @Test
  void peopleGetRoundedFigures() {
    StringWriter text = new StringWriter();
    table.print(new PrintWriter(text, true));
    assertThat(text.toString().lines()).containsExactly(
        "model         loss    tokens",
        "a, b   0.33 +- 0.1         7",
        "c                -  Infinity");
  }

  @Test
  void programsGetAllDigits(@TempDir Path folder) throws IOException {
    ArrayNode array = new ObjectMapper().createArrayNode();
    table.addTo(array);
    assertThat(array).hasToString("[{\"model\":\"a, b\",\"meanLoss\":0.3333333333333333,\"lossError\":0.125,\"tokens99\":7},"
        + "{\"model\":\"c\",\"meanLoss\":null,\"lossError\":0.5,\"tokens99\":null}]");
    table.writeCsv(folder.resolve("table.csv"));
    assertThat(Files.readAllLines(folder.resolve("table.csv"))).containsExactly(
        "model,mean_loss,loss_error,tokens_99", "\"a, b\",0.3333333333333333,0.125,7", "c,,0.5,Infinity");
  }
}
