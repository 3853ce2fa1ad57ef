package llm265.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LinearLayer;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;
import llm265.reference.lm.ReferenceTransformer;
import llm265.reference.lm.TinyModel;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderTest {
  private static final int TOKENS = 70;

  @TempDir
  private Path folder;

  private final int[] tokens = new Random(1).ints(TOKENS, 0, TinyModels.VOCABULARY).toArray();
  private final int[] types = new Random(2).ints(TOKENS, 0, 2).toArray();

  private Encoder load(TinyModel model) throws IOException {
    try (ModelFolder opened = ModelFolder.open(model.write(folder))) {
      return Encoder.load(opened.config(), opened.weights(), Workers.CALLER);
    }
  }

  private static void compare(double[] wanted, float[] actual, int from) {
    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) actual[from + i]).isCloseTo(wanted[i], within(1e-4));
    }
  }

  @Test
  void statesAreThoseOfTheDefinition() throws IOException {
    TinyModel model = TinyModels.of("sentence encoder");
    double[][] wanted = new ReferenceTransformer(model).bert(tokens, types);
    Encoder encoder = load(model);
    assertThat(encoder.hasHead()).isFalse();
    float[] states = encoder.states(tokens, types);
    for (int t = 0; t < TOKENS; t++) {
      compare(wanted[t], states, t * encoder.hidden());
    }
    assertThatThrownBy(() -> encoder.logits(tokens, types, new int[] {0}, (position, logits) -> { }))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void logitsAreThoseOfTheDefinitionAtThePositionsAskedFor() throws IOException {
    TinyModel model = TinyModels.of("bert");
    ReferenceTransformer reference = new ReferenceTransformer(model);
    double[][] wanted = reference.bert(tokens, new int[TOKENS]);
    List<Integer> seen = new ArrayList<>();
    load(model).logits(tokens, null, new int[] {69, 3}, (position, logits) -> {
      seen.add(position);
      compare(reference.masked(wanted[position]), logits, 0);
    });
    assertThat(seen).containsExactly(69, 3);
  }

  @Test
  void oldNamesOfNormsAreFound() throws IOException {
    TinyModel model = TinyModels.of("bert");
    float[] wanted = load(model).states(tokens, types);
    TinyModel old = model.renamed(
        name -> name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"));
    assertThat(load(old).states(tokens, types)).isEqualTo(wanted);
  }

  @Test
  void whatTheObserverDoesToAnInputDoesNotReachTheSum() throws IOException {
    // Attention and feed-forward layers get the state itself, which is also a term of the sum that follows.
    TinyModel model = TinyModels.of("bert");
    Encoder encoder = load(model);
    float[] before = encoder.states(tokens, types);
    List<String> names = List.of("bert.encoder.layer.1.intermediate.dense.weight");
    encoder.observe(new LayerObserver() {
      @Override
      public void inputs(List<LinearLayer> layers, float[] x, int rows, int columns) {
        if (layers.stream().map(LinearLayer::name).toList().equals(names)) {
          Arrays.fill(x, 0);
        }
      }
    });
    float[] cleared = encoder.states(tokens, types);
    encoder.observe(LayerObserver.NONE);
    encoder.setWeight(names.getFirst(), new float[model.values().get(names.getFirst()).length]);
    assertThat(encoder.states(tokens, types)).isEqualTo(cleared).isNotEqualTo(before);
  }

  @Test
  void listsItsLinearLayers() throws IOException {
    assertThat(load(TinyModels.of("bert")).linearLayers().subList(0, 6)).extracting(LinearLayer::name).containsExactly(
        "bert.encoder.layer.0.attention.self.query.weight", "bert.encoder.layer.0.attention.self.key.weight",
        "bert.encoder.layer.0.attention.self.value.weight", "bert.encoder.layer.0.attention.output.dense.weight",
        "bert.encoder.layer.0.intermediate.dense.weight", "bert.encoder.layer.0.output.dense.weight");
  }
}
