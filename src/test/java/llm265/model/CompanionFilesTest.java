package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompanionFilesTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void makeModel() throws IOException {
    model = Files.createFile(Files.createDirectories(folder.resolve("model/sub")).resolveSibling("model.onnx"));
    Files.createFile(folder.resolve("secret"));
    Files.createFile(folder.resolve("model/data"));
    Files.createFile(folder.resolve("model/sub/data"));
  }

  private void assertRefused(String name) {
    assertThatThrownBy(() -> new CompanionFiles(model).resolve(name))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("not inside the model's folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"data", "sub/data", "./sub/data", "model.onnx"})
  void filesInTheFolderAreFound(String name) throws IOException {
    assertThat(new CompanionFiles(model).resolve(name)).isEqualTo(model.resolveSibling(name).toRealPath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../secret", "sub/../../secret", "sub/../data", "nul\0nul"})
  void namesThatLeadOutsideAreRefused(String name) {
    assertRefused(name);
  }

  @Test
  void aMissingFileIsAnIoError() {
    assertThatThrownBy(() -> new CompanionFiles(model).resolve("sub/none")).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void linksThatLeadOutsideAreRefusedUnlessTheModelIsThereToo() throws IOException {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    Path blob = Files.createFile(cache.resolve("blob"));
    Files.createSymbolicLink(folder.resolve("model/linked"), blob);
    Files.createSymbolicLink(folder.resolve("model/secret"), folder.resolve("secret"));
    assertRefused("linked");
    Files.move(model, cache.resolve("model.onnx"));
    Files.createSymbolicLink(model, cache.resolve("model.onnx"));
    assertThat(new CompanionFiles(model).resolve("linked")).isEqualTo(blob.toRealPath());
    assertRefused("secret");
  }
}
