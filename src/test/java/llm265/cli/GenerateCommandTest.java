package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import llm265.lm.LanguageModel;
import llm265.lm.token.Tokenizer;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModels;
import llm265.reference.lm.TinyTokenizer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCommandTest {
  private static final String PROMPT = "w7 w9 w30";

  @TempDir
  private Path folder;

  private Path model;

  @BeforeEach
  void write() {
    model = TinyModels.of("llama").write(folder.resolve("llama"));
    TinyTokenizer.write(model, TinyModels.VOCABULARY);
  }

  /** The most likely tokens after a prompt, each found by reading all of it again. */
  private int[] continued(int count) throws IOException {
    try (ModelFolder opened = ModelFolder.open(model)) {
      LanguageModel loaded = LanguageModel.load(opened.config(), opened.weights(), Workers.CALLER);
      int[] tokens = Tokenizer.open(model).encode(PROMPT);
      for (int i = 0; i < count; i++) {
        float[] logits = loaded.next(loaded.newCache(), tokens);
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
          best = logits[token] > logits[best] ? token : best;
        }
        tokens = Arrays.copyOf(tokens, tokens.length + 1);
        tokens[tokens.length - 1] = best;
      }
      return tokens;
    }
  }

  private void setConfig(String name, int... ids) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path path = model.resolve("config.json");
    ObjectNode config = (ObjectNode) mapper.readTree(path.toFile());
    config.putPOJO(name, ids);
    mapper.writeValue(path.toFile(), config);
  }

  @Test
  void continuesAPromptByTheMostLikelyTokens() throws IOException {
    String text = CommandRun.succeed("generate", model, "--prompt", PROMPT, "--tokens", 6, "--temperature", 0);

    assertThat(Tokenizer.open(model).encode(text)).isEqualTo(continued(6));
  }

  @Test
  void stopsAtATokenThatEndsTexts() throws IOException {
    int[] all = continued(6);
    setConfig("eos_token_id", TinyModels.VOCABULARY - 1, all[5]);

    String text = CommandRun.succeed("generate", model, "--prompt", PROMPT, "--tokens", 6, "--temperature", 0);

    int[] expected = Arrays.copyOf(all, 5);
    assertThat(Tokenizer.open(model).encode(text)).startsWith(Arrays.copyOf(all, 3)).hasSizeLessThanOrEqualTo(expected.length);
    assertThat(expected).startsWith(Tokenizer.open(model).encode(text));
  }

  @Test
  void writesTextsLineByLineTheSameForASeedAndAnyThreads() throws IOException {
    setConfig("bos_token_id", 5);
    Path one = folder.resolve("one.txt");
    Path other = folder.resolve("other.txt");
    CommandRun.succeed("generate", model, "--texts", 4, "--tokens", 5, "--seed", 3, "-o", one, "--threads", 1);
    CommandRun.succeed("generate", model, "--texts", 4, "--tokens", 5, "--seed", 3, "-o", other, "--threads", 3);

    assertThat(Files.readAllLines(one)).hasSize(4).doesNotHaveDuplicates();
    assertThat(other).hasSameBinaryContentAs(one);
  }

  @Test
  void takesOtherWeights() throws IOException {
    Path small = folder.resolve("small.safetensors");
    CommandRun.succeed("compress", model.resolve("model.safetensors"), "-o", small, "--lossless");

    assertThat(CommandRun.succeed("generate", model, "--weights", small, "--prompt", PROMPT, "--tokens", 8))
        .isEqualTo(CommandRun.succeed("generate", model, "--prompt", PROMPT, "--tokens", 8));
  }

  @Test
  void refusesWhatItCannotBeginWith() throws IOException {
    setConfig("bos_token_id");
    assertThat(CommandRun.fail(2, "generate", model)).contains("the prompt is empty");
    assertThat(CommandRun.fail(2, "generate", model, "--prompt", PROMPT, "--tokens", 0)).contains("--tokens 0");
    assertThat(CommandRun.fail(2, "generate", model, "--prompt", PROMPT, "--top-p", 2)).contains("2.0");
    assertThat(CommandRun.fail(2, "generate", model, "--prompt", "w7 ".repeat(300))).contains("context");
  }
}
