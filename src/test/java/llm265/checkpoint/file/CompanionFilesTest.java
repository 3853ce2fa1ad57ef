package llm265.checkpoint.file;

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
  void linksInTheFolderAreFollowedWhereverTheyLead() throws IOException {
    Path blob = Files.createFile(Files.createDirectory(folder.resolve("cache")).resolve("blob"));
    Files.createSymbolicLink(folder.resolve("model/linked"), Path.of("../cache/blob"));
    assertThat(new CompanionFiles(model).resolve("linked")).isEqualTo(blob.toRealPath());
    Files.createSymbolicLink(folder.resolve("model/cache"), folder.resolve("cache"));
    assertThat(new CompanionFiles(model).resolve("cache/blob")).isEqualTo(blob.toRealPath());
    assertRefused("cache/../secret");
    assertRefused("../model/linked");
    Files.createSymbolicLink(folder.resolve("model/dangling"), folder.resolve("none"));
    assertThatThrownBy(() -> new CompanionFiles(model).resolve("dangling")).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whereTheModelIsALinkTheFolderThatItPointsToIsLookedInToo() throws IOException {
    Path link = Files.createSymbolicLink(Files.createDirectory(folder.resolve("elsewhere")).resolve("model.onnx"), model);
    assertThat(new CompanionFiles(link).resolve("data")).isEqualTo(folder.resolve("model/data").toRealPath());
    Path nearer = Files.createFile(folder.resolve("elsewhere/data"));
    assertThat(new CompanionFiles(link).resolve("data")).isEqualTo(nearer.toRealPath());
    assertThatThrownBy(() -> new CompanionFiles(link).resolve("../secret")).isInstanceOf(ModelFormatException.class);
  }
}
