package llm265.lm;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import llm265.lm.layer.KvCache;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A foreign program reads the same folders and gives the same probabilities. */
@Tag("long")
class JlamaTest {
  /** No more than the window of Mistral, which jlama does not know, just as it does not bound logits. */
  private static final int TOKENS = 7;

  /** It wants one, although tokens are given by number. */
  private static final String TOKENIZER = "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"added_tokens\":[]}";

  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama tied", "mistral", "qwen2", "gemma", "gemma2", "gpt2"})
  void probabilitiesAreThoseOfJlama(String name) throws IOException {
    TinyModels.large(name).renamed(tensor -> tensor.replace("transformer.", ""))
        .configured("\"query_pre_attn_scalar\":20", "\"query_pre_attn_scalar\":64")
        .configured("final_logit_softcapping", "none").write(folder);
    Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER);
    LanguageModel model;
    try (ModelFolder opened = ModelFolder.open(folder)) {
      model = LanguageModel.load(opened.config(), opened.weights(), Workers.CALLER);
    }
    KvCache cache = model.newCache();
    int[] tokens = new Random(4).ints(TOKENS, 0, TinyModels.VOCABULARY).toArray();
    AbstractModel foreign = ModelSupport.loadModel(folder.toFile(), DType.F32, DType.F32);
    try (KvBufferCache caches = new KvBufferCache(foreign); KvBufferCache.KvBuffer buffer = caches.getEphemeralKvBuffer()) {
      for (int position = 0; position < TOKENS; position++) {
        AbstractTensor<?, ?> state = foreign.forward(tokens[position], position, buffer, Optional.empty());
        float[] wanted = foreign.getLogits(state);
        double[] probabilities = softmax(model.next(cache, tokens[position]));
        double error = 0;
        for (int i = 0; i < probabilities.length; i++) {
          error = Math.max(error, Math.abs(probabilities[i] - wanted[i]));
        }
        assertThat(error).as("token %d", position).isLessThan(1e-4);
      }
    }
    foreign.close();
  }

  private static double[] softmax(float... logits) {
    double[] e = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < e.length; i++) {
      e[i] = Math.exp(logits[i]);
      sum += e[i];
    }
    for (int i = 0; i < e.length; i++) {
      e[i] /= sum;
    }
    return e;
  }
}
