package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.model.CompressedModel;
import llm265.model.ModelCompressor;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModels;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocationSearchTest {
  private static final TokenWindows TEXT = CalibratorTest.text(8);

  @TempDir private Path folder;

  private ModelFolder model() throws IOException {
    return ModelFolder.open(TinyModels.of("llama").write(folder.resolve("model")));
  }

  private static ModelCompressor compressor() {
    return ModelCompressor.atBits(4).withEffort(Effort.FAST).withLeastSnr(Double.NEGATIVE_INFINITY);
  }

  @Test
  void theModelDoesAsWellAsTheSearchSays() throws IOException {
    try (ModelFolder model = model()) {
      AllocationSearch search = new AllocationSearch(model, TEXT, Runnable::run, 1);
      AtomicLong tokens = new AtomicLong();
      AllocationSearch.Found found = search.search(compressor(), tokens::addAndGet);
      assertThat(tokens.get()).isBetween(search.tokens(compressor()) / 2, search.tokens(compressor()) * 2);
      assertThat(found.before()).isEqualTo(divergence(model, compressor()));
      assertThat(found.after()).isEqualTo(divergence(model, compressor().withDivergences(found.divergences())));
      assertThat(found.after()).isLessThan(0.9 * found.before());
      assertThat(found.divergences().keySet()).containsExactlyInAnyOrderElementsOf(
          compressor().lossy(model.checkpoint()).stream().map(tensor -> tensor.name()).toList());
    }
  }

  private double divergence(ModelFolder model, ModelCompressor compressor) throws IOException {
    Path file = folder.resolve("out.safetensors");
    compressor.compress(model.checkpoint(), file);
    try (CompressedModel coded = CompressedModel.open(file)) {
      LanguageModel other = LanguageModel.load(model.config(), new CompressedWeights(coded), Workers.CALLER);
      LanguageModel original = LanguageModel.load(model.config(), model.weights(), Workers.CALLER);
      return new CausalFidelity(original, TEXT.atMost(AllocationSearch.WINDOWS)).of(other, count -> { }).divergence();
    }
  }
}
