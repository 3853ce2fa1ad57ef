package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import llm265.dtype.DType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Names of files and tensors, of any characters, in any locale. */
class NamesTest {
  private static final String LINK = "\u001b]8;;https://example.org\u001b\\w\u001b]8;;\u001b\\";
  private static final String ROW = "a\nall 1  F32  9  9";
  private static final String TURNED = "\u202egnp.thgiew\u009b2J";
  private static final String FOREIGN = "编码器.权重";

  @TempDir private Path folder;
  private Path model;
  private Path small;

  @BeforeEach
  void makeModel() {
    model = new SampleModel()
        .gaussian(LINK, DType.F32, 64, 96)
        .gaussian(ROW, DType.F32, 4)
        .gaussian(TURNED, DType.F32, 4)
        .gaussian(FOREIGN, DType.F32, 4)
        .save(folder.resolve("m.safetensors"));
    small = folder.resolve("small.safetensors");
    CommandRun.succeed("compress", model, "-o", small, "--qp", 30);
  }

  private static void assertPlain(String text) {
    assertThat(text.chars().filter(c -> c != '\n')).noneMatch(c -> c < 32 || c >= 0x7f && c < 0xa0 || c == 0x202e);
  }

  @Test
  void tablesHaveARowATensorAndNothingThatSteers() {
    for (Object[] line : new Object[][] {{"inspect", model}, {"inspect", small}, {"compare", model, small}}) {
      String table = CommandRun.succeed(line);
      assertPlain(table);
      assertThat(table.lines()).hasSize(6).anyMatch(row -> row.startsWith("a\\u000aall 1  F32  9  9 "))
          .anyMatch(row -> row.startsWith("\\u202egnp.thgiew\\u009b2J ")).anyMatch(row -> row.startsWith(FOREIGN + " "));
    }
  }

  @Test
  void jsonHoldsTheNamesExactly() throws IOException {
    for (Object[] line : new Object[][] {{"inspect", model, "--json"}, {"inspect", small, "--json"},
        {"compare", model, small, "--json"}}) {
      String json = CommandRun.succeed(line);
      assertPlain(json);
      assertThat(new ObjectMapper().readTree(json).get("tensors").findValuesAsText("name"))
          .containsExactlyInAnyOrder(LINK, ROW, TURNED, FOREIGN);
    }
  }

  @Test
  void messagesAndCsvAreEscapedToo() throws IOException {
    Path other = new SampleModel().gaussian("x", DType.F32, 4).gaussian("y", DType.F32, 4)
        .save(folder.resolve("other.safetensors"));
    assertThat(CommandRun.fail(2, "compare", model, other))
        .isEqualTo("tensor \\u001b]8;;https://example.org\\u001b\\w\\u001b]8;;\\u001b\\ is missing in " + other);
    Path bench = folder.resolve("bench");
    assertPlain(CommandRun.succeed("bench", "ablation", model, "-o", bench));
    String csv = Files.readString(folder.resolve("bench.csv"));
    assertPlain(csv);
    assertThat(csv.lines().skip(1)).isNotEmpty().allMatch(row -> row.startsWith("\\u001b]8;;"));
  }

  /** The program in a process whose locale is C: there Java reads no argument, and writes no text, beyond ASCII by itself. */
  private ProgramRun inC(Path in, Object... arguments) {
    return ProgramRun.java(Main.class, in, Map.of("LC_ALL", "C", "LANG", ""), arguments);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void outputIsUtf8InTheCLocale() {
    ProgramRun run = inC(folder, "inspect", "m.safetensors");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.text()).contains(FOREIGN);
    assertThat(inC(folder, "inspect", "m.safetensors", "--json").text()).contains(FOREIGN);
    assertThat(inC(folder, "compare", "m.safetensors", "small.safetensors", "--threads", "0").err()).contains("--threads 0");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatTheLocaleCannotSpellIsOneError() throws IOException {
    Files.copy(model, folder.resolve("modèle.safetensors"));
    Path inside = Files.createDirectory(folder.resolve("dossier-é"));
    Files.copy(model, inside.resolve("m.safetensors"));
    for (ProgramRun run : List.of(
        inC(folder, "inspect", "modèle.safetensors"), inC(folder, "extract", "small.safetensors", "--tensor", FOREIGN, "-o", "x"),
        inC(inside, "inspect", "m.safetensors"))) {
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.err().lines()).singleElement().asString().startsWith("llm265: the arguments, or this folder's name, ")
          .endsWith("; set LC_ALL=C.UTF-8, or another UTF-8 locale of this machine");
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void aNameThatWasNotDecodedIsSaidToBeOne() {
    assertThat(CommandRun.fail(2, "compress", model, "-o", folder.resolve("m\ufffd")))
        .startsWith("Invalid value for option '--output': '").contains("m\ufffd' has bytes in it that are not ");
    assertThat(CommandRun.fail(2, "inspect", folder.resolve("m\ufffd"))).contains("m\ufffd' has bytes in it that are not ");
  }

  @Test
  void aNameWithTheReplacementCharacterItselfWorks() throws IOException {
    Path there = Files.copy(model, folder.resolve("m\ufffd.safetensors"));
    assertThat(CommandRun.succeed("inspect", there)).contains(FOREIGN);
    assertThat(new String(Files.readAllBytes(there), StandardCharsets.UTF_8)).contains(FOREIGN);
  }
}
