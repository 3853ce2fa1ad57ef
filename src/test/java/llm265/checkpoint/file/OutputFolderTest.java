package llm265.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
  @TempDir private Path temporary;

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.toList();
    }
  }

  @Test
  void withoutACommitThereIsNothing() throws IOException {
    try (OutputFolder folder = OutputFolder.create(temporary.resolve("a"), null)) {
      Files.writeString(Files.createDirectory(folder.unfinished().resolve("inner")).resolve("x"), "x");
      assertThat(temporary.resolve("a")).doesNotExist();
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void aCommitReplacesAnEmptyFolderAndOneThatIsKnown() throws IOException {
    Path target = Files.createDirectory(temporary.resolve("a"));
    for (String known : new String[] {null, "x"}) {
      try (OutputFolder folder = OutputFolder.create(target, known)) {
        Files.writeString(folder.unfinished().resolve("x"), "" + known);
        folder.commit();
      }
      assertThat(target.resolve("x")).hasContent("" + known);
    }
    assertThat(files()).containsExactly(target);
  }

  @Test
  void whatIsThereStays() throws IOException {
    Path full = Files.createDirectory(temporary.resolve("full"));
    Path file = Files.writeString(full.resolve("file"), "file");
    assertThatExceptionOfType(FileSystemException.class).isThrownBy(() -> OutputFolder.create(full, null));
    assertThatExceptionOfType(FileSystemException.class).isThrownBy(() -> OutputFolder.create(full, "x"));
    assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> OutputFolder.create(file, "x"));
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> OutputFolder.create(temporary.resolve("none").resolve("a"), null));
    assertThat(file).hasContent("file");
    assertThat(files()).containsExactly(full);
  }
}
