package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import llm265.checkpoint.file.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
  @TempDir private Path folder;

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, name);
  }

  @Test
  void weightsHaveTheNamesThatLibrariesLookFor() throws IOException {
    assertThat(CheckpointFolder.find(folder)).isEmpty();
    file("pytorch_model.bin");
    assertThat(CheckpointFolder.weightsOf(folder)).isEqualTo(folder.resolve("pytorch_model.bin"));
    file("model.safetensors.index.json");
    assertThat(CheckpointFolder.weightsOf(folder)).isEqualTo(folder.resolve("model.safetensors.index.json"));
    file("model.safetensors");
    assertThat(CheckpointFolder.weightsOf(folder)).isEqualTo(folder.resolve("model.safetensors"));
    assertThat(CheckpointFolder.weightsOf(folder.resolve("pytorch_model.bin"))).isEqualTo(folder.resolve("pytorch_model.bin"));
  }

  @Test
  void theOnlyFileOfItsKindIsTheWeights() throws IOException {
    Path first = file("diffusion_pytorch_model.safetensors");
    assertThat(CheckpointFolder.weightsOf(folder)).isEqualTo(first);
    file("other.safetensors");
    assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> CheckpointFolder.weightsOf(folder))
        .withMessage(folder + ": several files of the folder could be its weights: diffusion_pytorch_model.safetensors, "
            + "other.safetensors");
  }

  @Test
  void filesThatGoWithTheWeightsAreToldFromOthers() throws IOException {
    Path weights = file("model.safetensors");
    List<String> companions = List.of(
        "1_Pooling/config.json", "2_Dense/model.safetensors", "README.md", "adapter_model.safetensors", "config.json",
        "merges.txt", "tokenizer.model", "training_args.bin");
    List<String> others = List.of(
        ".cache/x", ".gitattributes", "checkpoint-500/model.safetensors", "consolidated.00.pth", "flax_model.msgpack",
        "model.fp16.safetensors", "onnx/model.onnx", "original/params.json", "pytorch_model-00001-of-00002.bin",
        "pytorch_model.bin.index.json", "tf_model.h5");
    for (String name : companions) {
      file(name);
    }
    for (String name : others) {
      file(name);
    }
    file("out/config.json");
    CheckpointFolder found = CheckpointFolder.of(folder, List.of(weights), Set.of(folder.resolve("out")));
    assertThat(found.companions()).extracting(Path::toString).containsExactlyElementsOf(companions);
    assertThat(found.leftOut()).extracting(Path::toString).containsExactlyElementsOf(
        others.stream().map(name -> name.replaceFirst("(?<=\\.cache|checkpoint-500|onnx|original)/.*", "")).toList());
    Path copy = Files.createDirectory(folder.resolve("copy"));
    found.copyTo(copy);
    assertThat(copy.resolve("2_Dense/model.safetensors")).hasContent("2_Dense/model.safetensors");
    assertThat(CheckpointFolder.of(copy, List.of(), Set.of()).companions()).isEqualTo(found.companions());
  }

  @Test
  void linksToFilesAreFollowed() throws IOException {
    Path blob = Files.writeString(Files.createDirectory(folder.resolve(".blobs")).resolve("5f"), "text");
    Files.createSymbolicLink(folder.resolve("config.json"), blob);
    Files.createSymbolicLink(folder.resolve("loop"), folder);
    CheckpointFolder found = CheckpointFolder.of(folder, List.of(), Set.of());
    assertThat(found.companions()).containsExactly(Path.of("config.json"));
    assertThat(found.leftOut()).containsExactly(Path.of(".blobs"), Path.of("loop"));
    Path copy = Files.createDirectory(folder.resolve("copy"));
    found.copyTo(copy);
    assertThat(Files.isSymbolicLink(copy.resolve("config.json"))).isFalse();
    assertThat(copy.resolve("config.json")).hasContent("text");
  }
}
