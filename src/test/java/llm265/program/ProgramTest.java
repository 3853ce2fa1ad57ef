package llm265.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class ProgramTest {
  @TempDir private Path folder;

  @Test
  void theFirstExecutableFileOnThePathIsFound() throws IOException {
    Path first = Files.createDirectories(folder.resolve("first"));
    Path second = Files.createDirectories(folder.resolve("second"));
    Path third = Files.createDirectories(folder.resolve("third"));
    Files.createDirectories(first.resolve("tool"));
    Files.writeString(second.resolve("tool"), "not executable");
    Path tool = FakePrograms.script(third.resolve("tool"), "exit 0");
    String path = String.join(
        File.pathSeparator, "", folder.resolve("none").toString(), first.toString(), second.toString(), third.toString());
    assertThat(Program.find(path, List.of("tool"))).contains(tool);
    assertThat(Program.find(path, List.of("tool.exe"))).isEmpty();
    assertThat(Program.find("", List.of("tool"))).isEmpty();
  }

  @Test
  void allThatAProgramSaysIsItsOutput() throws IOException {
    Path tool = FakePrograms.script(folder.resolve("tool"), "echo out $1", "echo err >&2");
    assertThat(Program.output(List.of(tool.toString(), "x"))).isEqualTo("out x\nerr\n");
  }

  @Test
  void lastWordsOfAFailingProgramAreTold() {
    Path tool = FakePrograms.script(folder.resolve("tool"), "echo first", "echo last >&2", "exit 3");
    assertThatIOException().isThrownBy(() -> Program.output(List.of(tool.toString()))).withMessage(tool + " failed: last");
    Path silent = FakePrograms.script(folder.resolve("silent"), "exit 1");
    assertThatIOException().isThrownBy(() -> Program.output(List.of(silent.toString())))
        .withMessage(silent + " failed: it printed nothing");
  }
}
