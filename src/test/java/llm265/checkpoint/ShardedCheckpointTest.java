package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedCheckpointTest {
  @TempDir Path folder;

  private void shard(String name, Map<String, String> metadata, String... tensors) throws IOException {
    try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve(name), 0)) {
      for (String tensor : tensors) {
        writer.add(TensorView.copyOf(tensor, new long[] {1}, tensor.length()));
      }
      writer.commit(metadata);
    }
  }

  @BeforeEach
  void makeShards() throws IOException {
    shard("m-1.safetensors", Map.of("format", "pt"), "b", "a");
    shard("m-2.safetensors", Map.of("format", "np", "more", "x"), "long", "unlisted");
    shard("m-3.safetensors", Map.of(), "a");
  }

  private Path index(String json) throws IOException {
    return Files.writeString(folder.resolve("m.safetensors.index.json"), json);
  }

  @Test
  void theTensorsOfAllFilesAreOneCheckpoint() throws IOException {
    Path path =
        index(
            """
            {"weight_map": {"long": "m-2.safetensors", "a": "m-1.safetensors", "b": "m-1.safetensors"},
             "metadata": {"total_size": 12, "other": [1, {}]}}
            """);
    try (Checkpoint read = Checkpoint.open(path)) {
      assertThat(read.path()).isEqualTo(path);
      assertThat(read.tensors()).extracting(TensorView::name).containsExactly("b", "a", "long", "unlisted");
      assertThat(read.metadata()).containsOnly(Map.entry("format", "pt"), Map.entry("more", "x"));
      float[] value = new float[1];
      read.byName("long").orElseThrow().read(0, value, 0, 1);
      assertThat(value).containsExactly(4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ufeff", "\n", "\ufeff \r\n\t"})
  void aByteOrderMarkAndBlanksMayComeFirst(String before) throws IOException {
    try (Checkpoint read = Checkpoint.open(index(before + "{\"weight_map\":{\"a\":\"m-1.safetensors\"}}\n"))) {
      assertThat(read.tensors()).extracting(TensorView::name).containsExactly("b", "a");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
      {"weight_map":{"c":"m-1.safetensors"}} ; tensor "c" is not in file "m-1.safetensors"
      {"weight_map":{"a":"m-1.safetensors","long":"m-3.safetensors"}} ; tensor "a" is in several files
      {"weight_map":{"a":"../m-1.safetensors"}} ; not inside the model's folder
      {"weight_map":{"a":1}} ; the file of tensor "a" is not a string
      {"weight_map":["a"]} ; weight_map is not an object
      {"metadata":{}} ; no weight_map
      {"weight_map":{"a":"m-1.safetensors","a":"m-1.safetensors"}} ; Duplicate
      {"weight_map":{ ; not valid JSON
      [] ; index does not begin with '{'
      """)
  void anIndexThatDoesNotFitItsFilesIsRefused(String json, String problem) throws IOException {
    Path path = index(json);
    assertThatThrownBy(() -> Checkpoint.open(path))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(problem);
  }

  @Test
  void aMissingFileIsAnIoError() throws IOException {
    Path path = index("{\"weight_map\":{\"a\":\"m-9.safetensors\"}}");
    assertThatThrownBy(() -> Checkpoint.open(path)).isInstanceOf(NoSuchFileException.class);
  }
}
