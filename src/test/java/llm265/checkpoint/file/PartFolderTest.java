package llm265.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartFolderTest {
  @TempDir private Path folder;
  private Path target;

  @BeforeEach
  void name() {
    target = folder.resolve("out");
  }

  private PartFolder open(String identity) throws IOException {
    return PartFolder.open(target, old -> Files.exists(old.resolve("ours")), identity);
  }

  private void leave(String identity, String file) throws IOException {
    try (PartFolder part = open(identity)) {
      Files.writeString(part.output().resolve(file), "text");
    }
  }

  @Test
  void appearsWhole() throws IOException {
    try (PartFolder part = open("a")) {
      assertThat(part.before()).isEqualTo(PartFolder.Before.NONE);
      Files.writeString(part.output().resolve("file"), "text");
      Files.writeString(part.folder("notes").resolve("note"), "text");
      assertThat(target).doesNotExist();
      part.commit();
      assertThat(part.isFinished()).isTrue();
    }
    assertThat(target.resolve("file")).hasContent("text");
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void theSameIdentityGoesOn() throws IOException {
    leave("a", "file");
    try (PartFolder part = open("a")) {
      assertThat(part.path()).isEqualTo(folder.resolve(".out.llm265-part"));
      assertThat(part.before()).isEqualTo(PartFolder.Before.SAME);
      assertThat(part.output().resolve("file")).hasContent("text");
    }
  }

  @Test
  void filesThatWereBeingWrittenAreGone() throws IOException {
    leave("a", ".model.safetensors.part-12345678");
    try (PartFolder part = open("a")) {
      assertThat(part.output()).isEmptyDirectory();
    }
  }

  @Test
  void anotherIdentityBeginsAnew() throws IOException {
    leave("a", "file");
    try (PartFolder part = open("b")) {
      assertThat(part.before()).isEqualTo(PartFolder.Before.OTHER);
      assertThat(part.output()).isEmptyDirectory();
    }
  }

  @Test
  void onlyOneAtATime() throws IOException {
    try (PartFolder first = open("a")) {
      assertThatExceptionOfType(FileSystemException.class).isThrownBy(() -> open("a"))
          .withMessage(target + ": another process is making this folder: it has locked " + first.path());
    }
    open("a").close();
  }

  @Test
  void whatIsThereIsReplacedOnlyIfItMayBe() throws IOException {
    Files.createDirectory(target);
    Files.writeString(target.resolve("ours"), "old");
    leave("a", "file");
    try (PartFolder part = open("a")) {
      part.commit();
    }
    try (Stream<Path> files = Files.list(target)) {
      assertThat(files).containsExactly(target.resolve("file"));
    }
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
    assertThatExceptionOfType(FileSystemException.class).isThrownBy(() -> open("a"))
        .withMessage(target + ": the folder is not empty, and is not replaced");
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void aProcessThatWasKilledWhileItReplacedLosesNothing() throws IOException {
    leave("a", "file");
    Path old = Files.createDirectory(folder.resolve(".out.llm265-old"));
    Files.writeString(old.resolve("ours"), "old");
    try (PartFolder part = open("a")) {
      assertThat(target.resolve("ours")).hasContent("old");
      part.commit();
    }
    assertThat(target.resolve("file")).hasContent("text");
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void discardedNothingIsLeft() throws IOException {
    try (PartFolder part = open("a")) {
      part.discard();
    }
    assertThat(folder).isEmptyDirectory();
  }
}
