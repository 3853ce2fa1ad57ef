package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.OutputFile;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path folder;

  private String formatOf(Path path) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return checkpoint.format();
    }
  }

  @Test
  void theFormatIsToldByTheContentWhateverTheName() throws IOException {
    Path safetensors = folder.resolve("weights");
    try (SafetensorsWriter writer = SafetensorsWriter.create(safetensors, 0)) {
      writer.commit(Map.of());
    }
    assertThat(formatOf(safetensors)).isEqualTo("safetensors");
    Path npy = folder.resolve("array.dat");
    try (OutputFile output = OutputFile.create(npy)) {
      NpyFile.write(output, TensorView.copyOf("t", new long[] {1}, 1));
      output.commit();
    }
    assertThat(formatOf(npy)).isEqualTo("npy");
  }

  @Test
  void theNameTellsWhatIsWrongWithDamagedFiles() throws IOException {
    for (String name : new String[] {"a.npy", "a.safetensors", "a.onnx", "a.bin"}) {
      Path path = Files.writeString(folder.resolve(name), "\u007f garbage, whatever it is called");
      assertThatThrownBy(() -> Checkpoint.open(path))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageStartingWith(path + ": ")
          .hasMessageContaining(
              switch (name) {
                case "a.npy" -> "npy";
                case "a.safetensors" -> "safetensors";
                case "a.onnx" -> "ONNX";
                default -> "neither safetensors, PyTorch, GGUF nor npy";
              });
    }
  }

  @Test
  void aMissingFileIsAnIoError() {
    for (String name : new String[] {"a.npy", "a.safetensors", "a.onnx", "a"}) {
      assertThatThrownBy(() -> Checkpoint.open(folder.resolve(name))).isInstanceOf(NoSuchFileException.class);
    }
  }
}
