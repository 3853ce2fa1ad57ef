package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.dtype.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewCommandTest {
  private static final Path STREAM = Path.of("golden-vectors/syn-slices.264");

  @TempDir private Path folder;

  private Path compressed() {
    Path model = folder.resolve("model.safetensors");
    new SampleModel().gaussian("small", DType.F32, 64, 96).gaussian("large", DType.F32, 96, 128).save(model);
    Path small = folder.resolve("small.safetensors");
    CommandRun.of("compress", model, "-o", small, "--effort", "fast");
    return small;
  }

  @Test
  void aStreamBecomesAPage() throws IOException {
    Path page = folder.resolve("page.html");
    assertThat(CommandRun.notes("view", STREAM, "-o", page)).isEmpty();
    assertThat(page).content().contains("id=\"r:index.json\"").contains("id=\"r:picture/0/detail/0\"");
  }

  @Test
  void whatIsLeftOutIsNoted() throws IOException {
    Path page = folder.resolve("page.html");
    assertThat(CommandRun.notes("view", "golden-vectors/enc-image.264", "-o", page, "--pictures", "2-3"))
        .first().asString().startsWith("16 of 18 pictures are left out");
    assertThat(page).content().contains("r:picture/2/planes").doesNotContain("r:picture/4/planes");
  }

  @Test
  void theLargestTensorOfAModelIsShownOrTheOneThatIsNamed() throws IOException {
    Path small = compressed();
    Path page = folder.resolve("page.html");
    CommandRun.notes("view", small, "-o", page, "--original", folder.resolve("model.safetensors"));
    assertThat(page).content().contains("r:tensor/values/0").contains("r:tensor/original/0");
    CommandRun.notes("view", small, "-o", page, "--tensor", "small");
    assertThat(page).content().contains("r:tensor/values/0").doesNotContain("r:tensor/original/0");
    assertThat(CommandRun.fail(2, "view", small, "-o", page, "--tensor", "none"))
        .contains("no stream is of a tensor named none; there are large, small");
  }

  @Test
  void twoStreamsAndADumpAreShownSideBySide() throws IOException {
    Path page = folder.resolve("page.html");
    CommandRun.notes("view", STREAM, STREAM, "-o", page);
    assertThat(page).content().contains("r:b/index.json").contains("r:b/picture/0/detail/0");
    Path dump = folder.resolve("dump.yuv");
    CommandRun.of("h264", "decode", STREAM, "-o", dump);
    CommandRun.notes("view", STREAM, dump, "-o", page);
    assertThat(page).content().contains("r:b/index.json").contains("r:b/picture/0/planes");
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    assertThat(CommandRun.fail(2, "view", STREAM)).contains("-o").contains("--serve");
    assertThat(CommandRun.fail(2, "view", STREAM, "-o", folder.resolve("page.264"))).contains("HTML");
    assertThat(CommandRun.fail(2, "view", STREAM, "-o", folder.resolve("a.html"), "--pictures", "3-2")).contains("3-2");
    assertThat(CommandRun.fail(2, "view", STREAM, "-o", folder.resolve("a.html"), "--max-size", "0")).contains("--max-size");
    assertThat(CommandRun.fail(2, "view", STREAM, "-o", folder.resolve("a.html"), "--tensor", "x")).contains("--tensor");
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "words");
    assertThat(CommandRun.fail(2, "view", text, "-o", folder.resolve("a.html"))).contains("text.txt");
    assertThat(folder.resolve("a.html")).doesNotExist();
  }
}
