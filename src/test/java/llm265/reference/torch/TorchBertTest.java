package llm265.reference.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import llm265.lm.Encoder;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our encoder's states are PyTorch's. */
@Tag("training")
class TorchBertTest {
  @TempDir private Path folder;

  @Test
  void statesAreThoseOfPyTorch() throws IOException {
    try (ModelFolder opened = ModelFolder.open(TinyModels.of("sentence encoder").write(folder))) {
      Encoder encoder = Encoder.load(opened.config(), opened.weights(), Workers.CALLER);
      int[] tokens = new Random(1).ints(40, 0, encoder.vocabulary()).toArray();
      int[] types = new Random(2).ints(40, 0, 2).toArray();
      float[] ours = encoder.states(tokens, types);
      try (TorchBert torch = new TorchBert(opened.weights(), encoder.layers(), opened.config().size("num_attention_heads"))) {
        float[] theirs = torch.states(tokens, types);
        assertThat(theirs).hasSameSizeAs(ours);
        for (int i = 0; i < ours.length; i++) {
          assertThat(ours[i]).isCloseTo(theirs[i], within(1e-4f));
        }
      }
    }
  }
}
