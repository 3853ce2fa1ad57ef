package llm265.lm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.reference.lm.TinyModel;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
  @TempDir
  private Path folder;

  private final TinyModel model = TinyModels.of("llama");

  private void checkWeights() throws IOException {
    try (ModelFolder opened = ModelFolder.open(folder)) {
      assertThat(opened.weights().names()).isEqualTo(model.values().keySet());
      model.values().forEach((name, values) -> {
        assertThat(opened.weights().has(name)).isTrue();
        assertThat(opened.weights().shape(name)).isEqualTo(model.shapes().get(name));
        assertThat(opened.weights().read(name)).isEqualTo(values);
      });
      assertThat(opened.weights().has("lm_head")).isFalse();
      assertThat(opened.config().size("hidden_size")).isEqualTo(48);
    }
  }

  @Test
  void readsOneFile() throws IOException {
    model.write(folder);
    checkWeights();
  }

  @Test
  void readsShards() throws IOException {
    model.writeShards(folder);
    checkWeights();
  }

  @Test
  void readsHalfFloats() throws IOException {
    for (DType type : new DType[] {DType.F16, DType.BF16}) {
      model.write(folder, type);
      try (ModelFolder opened = ModelFolder.open(folder)) {
        float[] values = opened.weights().read("lm_head.weight");
        float[] exact = model.values().get("lm_head.weight");
        for (int i = 0; i < exact.length; i++) {
          int dropped = type == DType.F16 ? 11 : 8;
          assertThat(Math.abs(values[i] - exact[i])).isLessThanOrEqualTo(Math.scalb(Math.abs(exact[i]), -dropped) + 1e-7f);
        }
        assertThat(values).isNotEqualTo(exact);
      }
    }
  }

  private void refused(String message) {
    assertThatThrownBy(() -> ModelFolder.open(folder)).isInstanceOf(ModelFormatException.class).message()
        .isEqualTo(folder + message);
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    refused(": no config.json in the folder");
    Files.writeString(folder.resolve("config.json"), model.config());
    refused(": neither model.safetensors nor model.safetensors.index.json in the folder");
    model.writeShards(folder);
    Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
    refused("/model.safetensors.index.json: the file model-00002-of-00002.safetensors that it names is missing");
    Path file = folder.resolve("config.json");
    assertThatThrownBy(() -> ModelFolder.open(file)).isInstanceOf(ModelFormatException.class)
        .hasMessage(file + ": not a folder");
  }

  @Test
  void aBadConfigurationIsOneLine() throws IOException {
    model.write(folder);
    for (String json : new String[] {"", "{", "[1]", "{\"a\":}", "null", "{\"hidden_size\":\n\n x}"}) {
      Files.writeString(folder.resolve("config.json"), json);
      assertThatThrownBy(() -> ModelFolder.open(folder)).as(json).isInstanceOf(ModelFormatException.class)
          .message().startsWith(folder + "/config.json: ").doesNotContain("\n");
    }
  }

  @Test
  void aConfigurationOfOtherBytesIsOneLine() throws IOException {
    model.write(folder);
    Files.write(folder.resolve("config.json"), new byte[] {'{', (byte) 0xFF, (byte) 0xFE, '}'});
    refused("/config.json: not UTF-8");
  }

  @Test
  void valuesOfTheWrongKindAreNamed() {
    ModelConfig config = ModelConfig.parse(
        Path.of("c"), "{\"n\":1.5,\"t\":3,\"list\":[1],\"flag\":\"x\",\"o\":{\"eps\":-1},\"none\":null}");
    assertThatThrownBy(() -> config.size("n")).hasMessage("c: n is 1.5, not a whole number above 0");
    assertThatThrownBy(() -> config.size("absent")).hasMessage("c: no entry absent");
    assertThatThrownBy(() -> config.text("t", "")).hasMessage("c: t is 3, not a text");
    assertThatThrownBy(() -> config.texts("list")).hasMessage("c: list is [1], not a list of texts");
    assertThatThrownBy(() -> config.flag("flag", true)).hasMessage("c: flag is \"x\", not true or false");
    assertThatThrownBy(() ->
        config.object("o").orElseThrow().positive("eps", 1)).hasMessage("c: o.eps is -1, not a number above 0");
    assertThat(config.size("none", 7)).isEqualTo(7);
    assertThat(config.has("none")).isFalse();
  }
}
