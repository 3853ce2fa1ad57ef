package llm265.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ScratchFileTest {
  private static final byte[] BYTES = {1, 2, 3, 4, 5};

  @TempDir private Path folder;

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void memoryOutlivesTheFilesName() throws IOException {
    Path output = folder.resolve("model.safetensors");
    try (Arena arena = Arena.ofConfined(); ScratchFile scratch = ScratchFile.create(output)) {
      scratch.write(MemorySegment.ofArray(BYTES));
      scratch.write(MemorySegment.ofArray(BYTES));
      assertThat(files(folder)).singleElement().asString().contains("/.model.safetensors.part-");
      MemorySegment mapped = scratch.map(arena);
      assertThat(files(folder)).isEmpty();
      assertThat(mapped.asSlice(5).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(BYTES);
    }
  }

  @Test
  void isBesideAFolderAndNotInIt() throws IOException {
    Path output = Files.createDirectory(folder.resolve("model"));
    try (ScratchFile scratch = ScratchFile.create(output)) {
      scratch.write(MemorySegment.ofArray(BYTES));
      assertThat(files(output)).isEmpty();
      assertThat(files(folder)).hasSize(2);
    }
    assertThat(files(folder)).containsExactly(output);
  }

  @Test
  void whereNothingCanBeWrittenNothingBegins() {
    Path output = folder.resolve("missing/model.safetensors");
    assertThatThrownBy(() -> ScratchFile.create(output)).isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(output.toString());
  }

  @Test
  void mappingNothingIsNoFault() throws IOException {
    try (Arena arena = Arena.ofConfined(); ScratchFile scratch = ScratchFile.create(folder.resolve("empty"))) {
      assertThat(scratch.map(arena).byteSize()).isZero();
    }
  }
}
