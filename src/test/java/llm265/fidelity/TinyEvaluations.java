package llm265.fidelity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import llm265.lm.Encoder;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.lm.weights.WeightSource;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModels;

/** Tiny models, and others with noise on one of their matrices. */
public final class TinyEvaluations {
  private TinyEvaluations() {}

  public interface Loader<M> {
    M load(ModelFolder folder, WeightSource weights);
  }

  public static LanguageModel causal(ModelFolder folder, WeightSource weights) {
    return LanguageModel.load(folder.config(), weights, Workers.CALLER);
  }

  public static Encoder encoder(ModelFolder folder, WeightSource weights) {
    return Encoder.load(folder.config(), weights, Workers.CALLER);
  }

  public static <M> M original(String name, Path folder, Loader<M> loader) throws IOException {
    try (ModelFolder opened = ModelFolder.open(TinyModels.of(name).write(folder))) {
      return loader.load(opened, opened.weights());
    }
  }

  public static <M> M noisy(String name, String tensor, Path folder, Loader<M> loader) throws IOException {
    try (ModelFolder opened = ModelFolder.open(TinyModels.of(name).write(folder))) {
      float[] values = opened.weights().read(tensor);
      Random random = new Random(3);
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) (0.1 * random.nextGaussian());
      }
      return loader.load(opened, opened.weights().with(Map.of(tensor, values)));
    }
  }
}
