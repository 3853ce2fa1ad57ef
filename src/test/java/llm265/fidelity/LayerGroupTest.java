package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerGroupTest {
  @TempDir private Path folder;

  private List<LayerGroup> groups(String name) throws IOException {
    try (ModelFolder model = ModelFolder.open(TinyModels.of(name).write(folder.resolve(name)))) {
      return LayerGroup.of(LanguageModel.load(model.config(), model.weights(), Workers.CALLER));
    }
  }

  @Test
  void layersThatShareAnInputAreTogetherWithTheGainOfItsNorm() throws IOException {
    List<LayerGroup> groups = groups("llama");
    assertThat(groups).hasSize(8);
    LayerGroup attention = groups.get(4);
    assertThat(attention.layers()).extracting(layer -> layer.name().replaceFirst(".*attn\\.", ""))
        .containsExactly("q_proj.weight", "k_proj.weight", "v_proj.weight");
    assertThat(attention.inputGain()).isEqualTo(TinyModels.of("llama").values().get("model.layers.1.input_layernorm.weight"));
    assertThat(groups.get(6).inputGain())
        .isEqualTo(TinyModels.of("llama").values().get("model.layers.1.post_attention_layernorm.weight"));
    assertThat(groups.get(5).inputGain()).isNull();
    assertThat(groups.get(7).inputGain()).isNull();
  }

  @Test
  void scalesFoldIntoNormsGatedLayersAndValuesOfEveryHead() throws IOException {
    // Three heads share their values.
    assertThat(groups("llama").subList(0, 4)).extracting(LayerGroup::foldable).containsExactly(true, false, true, true);
    assertThat(groups("phi3").subList(0, 4)).extracting(LayerGroup::foldable).containsExactly(true, false, true, true);
    // A function that is not linear lies between the feed-forward layers.
    assertThat(groups("gpt2").subList(0, 4)).extracting(LayerGroup::foldable).containsExactly(true, true, true, false);
  }

  @Test
  void gainsAreWhatMultiplies() throws IOException {
    float[] weights = TinyModels.of("gemma2").values().get("model.layers.0.pre_feedforward_layernorm.weight");
    float[] gain = groups("gemma2").get(2).inputGain();
    assertThat(gain).hasSameSizeAs(weights);
    assertThat(gain[5]).isEqualTo(1 + weights[5]);
  }
}
