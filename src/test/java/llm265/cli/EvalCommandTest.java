package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.model.ModelCompressor;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModel;
import llm265.reference.lm.TinyModels;
import llm265.reference.lm.TinyTokenizer;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalCommandTest {
  private static final int TOKENS = 70;

  @TempDir
  private Path folder;

  private final int[] tokens = new Random(5).ints(TOKENS, TinyTokenizer.FIRST, TinyModels.VOCABULARY).toArray();
  private Path text;

  @BeforeEach
  void write() throws IOException {
    text = Files.writeString(folder.resolve("text.txt"), TinyTokenizer.text(tokens));
  }

  private Path model(String name) {
    Path path = TinyModels.of(name).write(folder.resolve(name.replace(' ', '-')));
    if (name.equals("llama")) {
      TinyTokenizer.write(path, TinyModels.VOCABULARY);
    } else {
      TinyTokenizer.writeEnclosing(path, TinyModels.VOCABULARY);
    }
    return path;
  }

  private Path compressed(Path model, double snr) throws IOException {
    Path file = folder.resolve(model.getFileName() + "-" + snr + ".safetensors");
    ModelCompressor.atSnr(snr).withCodec(Codec.TRINITY).withEffort(Effort.FAST)
        .compress(model.resolve("model.safetensors"), file);
    return file;
  }

  private static JsonNode json(Object... arguments) throws IOException {
    return new ObjectMapper().readTree(CommandRun.succeed(arguments));
  }

  /** The mean loss of consecutive windows, token by token. */
  private double loss(Path model, int window) throws IOException {
    try (ModelFolder opened = ModelFolder.open(model)) {
      LanguageModel own = LanguageModel.load(opened.config(), opened.weights(), Workers.CALLER);
      double loss = 0;
      int count = 0;
      for (int first = 0; first + window <= tokens.length; first += window) {
        for (int t = first + 1; t < first + window; t++) {
          float[] logits = own.next(own.newCache(), Arrays.copyOfRange(tokens, first, t));
          double sum = IntStream.range(0, logits.length).mapToDouble(i -> StrictMath.exp(logits[i])).sum();
          loss += StrictMath.log(sum) - logits[tokens[t]];
          count++;
        }
      }
      return loss / count;
    }
  }

  @Test
  void printsATableOfTheOriginalAndOthers() throws IOException {
    Path model = model("llama");
    Path small = compressed(model, 15);
    CommandRun run = CommandRun.of("eval", model, "--text", text, "--window", 16, "--against", small, model);

    assertThat(run.status()).isZero();
    assertThat(run.err().lines()).containsExactly("llm265: note: 4 windows of 16 tokens, 60 of them predicted");
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.getFirst()).matches(
        "model +bits/value +perplexity +loss - original +mean KL +99 % KL +top-1 % +tokens +seconds");
    assertThat(lines.get(1)).matches(
        "\\Q" + model + "\\E +3[2-9]\\.\\d{3} +\\d+\\.\\d{4} \\+- \\d+\\.\\d{4} +0\\.00000 \\+- 0\\.00000 +0\\.000000 +0\\.00000"
            + " +100\\.00 +60 +\\d+\\.\\d");
    assertThat(lines.get(2)).matches("\\Q" + small + "\\E +\\d\\.\\d{3} .* 60 +\\d+\\.\\d").doesNotContain("0.000000");
    assertThat(lines.get(3)).matches("\\Q" + model + "\\E .* 0\\.000000 .*");
  }

  @Test
  void perplexityIsThatOfADirectComputation() throws IOException {
    Path model = model("llama");
    JsonNode root = json("eval", model, "--text", text, "--window", 16, "--json", "--threads", 1);
    JsonNode own = root.get("models").get(0);

    assertThat(Math.log(own.get("perplexity").doubleValue())).isCloseTo(loss(model, 16), within(1e-6));
    assertThat(own.get("tokens").intValue()).isEqualTo(60);
    assertThat(root.get("kind").textValue()).isEqualTo("causal");
    assertThat(root.get("window").intValue()).isEqualTo(16);
    assertThat(root.get("windows").intValue()).isEqualTo(4);
  }

  @Test
  void writesAllFiguresAsCsvAndDrawsThem() throws IOException {
    Path model = model("llama");
    Path csv = folder.resolve("table.csv");
    Path plot = folder.resolve("plot.png");
    JsonNode root = json("eval", model, "--text", text, "--against", compressed(model, 15), "--against", compressed(model, 30),
        "--json", "--csv", csv, "--plot", plot);
    JsonNode finer = root.get("models").get(2);
    List<String> lines = Files.readAllLines(csv);

    assertThat(lines.getFirst()).isEqualTo("model,bits_per_value,perplexity,perplexity_error,loss_difference,"
        + "loss_difference_error,mean_divergence,divergence_99,top_1_percent,tokens,seconds");
    assertThat(lines).hasSize(4);
    assertThat(Double.parseDouble(lines.get(3).split(",")[6])).isEqualTo(finer.get("meanDivergence").doubleValue());
    assertThat(finer.get("meanDivergence").doubleValue())
        .isGreaterThan(0).isLessThan(root.get("models").get(1).get("meanDivergence").doubleValue());
    BufferedImage image = ImageIO.read(plot.toFile());
    assertThat(image.getWidth()).isGreaterThan(100);
  }

  @Test
  void nothingThatDivergesIsNotDrawn() throws IOException {
    Path model = model("llama");
    Path plot = folder.resolve("plot.png");
    assertThat(CommandRun.notes("eval", model, "--text", text, "--against", model, "--plot", plot)).containsExactly(
        "1 window of 70 tokens, 69 of them predicted: the text is shorter than a window of 256",
        plot + ": no logarithmic axis has a place for a divergence of 0, or one that is not finite");
    assertThat(plot).doesNotExist();
  }

  @Test
  void bertPredictsMaskedTokens() throws IOException {
    Path model = model("bert");
    JsonNode root =
        json("eval", model, "--text", text, "--window", 12, "--windows", 2, "--against", compressed(model, 15), "--json");
    JsonNode other = root.get("models").get(1);

    assertThat(root.get("kind").textValue()).isEqualTo("masked");
    assertThat(other.get("tokens").intValue()).isEqualTo(2 * 10);
    assertThat(other.get("meanDivergence").doubleValue()).isGreaterThan(0);
  }

  @Test
  void encodersWithoutHeadAreMeasuredByEmbeddings() throws IOException {
    Path model = model("sentence encoder");
    Files.writeString(text, "w10 w11 w12. w13 w14. w15 w99. w16.");
    Path small = compressed(model, 30);
    CommandRun run = CommandRun.of("eval", model, "--text", text, "--against", small);

    assertThat(run.err().lines()).containsExactly("llm265: note: 4 sentences of 20 tokens");
    List<String> lines = run.out().lines().toList();
    assertThat(lines.getFirst()).matches(
        "model +bits/value +mean cosine +least cosine +rank agreement +sentences +tokens +seconds");
    assertThat(lines.get(1)).matches(".* 1\\.000000 +1\\.000000 +1\\.000000 +4 +20 .*");
    assertThat(lines.get(2)).matches(".* \\d\\.\\d{3} +0\\.9\\d+ +0\\.9\\d+ +[01]\\.\\d+ +4 +20 .*");
    assertThat(CommandRun.fail(2, "eval", model, "--against", small, "--plot", folder.resolve("plot.png")))
        .isEqualTo("--plot draws divergences, which an encoder without a head does not have");
  }

  @Test
  void theDefaultTextIsAStory() throws IOException {
    JsonNode root = json("eval", model("llama"), "--windows", 1, "--json");
    assertThat(root.get("text").isNull()).isTrue();
    assertThat(root.get("models").get(0).get("tokens").intValue()).isEqualTo(255);
  }

  @Test
  void textsThatCannotBeReadAreNamed() throws IOException {
    Path model = model("llama");
    assertThat(CommandRun.fail(2, "eval", model, "--text", folder.resolve("none"))).isEqualTo(folder + "/none: no such file");
    assertThat(CommandRun.fail(2, "eval", model, "--text", folder)).isEqualTo(folder + ": is a directory");
    Files.writeString(text, " \n ");
    assertThat(CommandRun.fail(2, "eval", model, "--text", text)).isEqualTo(text + ": the text is empty");
    Files.write(text, "é".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(CommandRun.fail(2, "eval", model, "--text", text)).isEqualTo(text + ": the text is not UTF-8");
    Files.writeString(text, "w10");
    assertThat(CommandRun.fail(2, "eval", model, "--text", text)).isEqualTo("the text has fewer than 2 tokens");
  }

  @Test
  void windowsMustFitTheModel() {
    Path model = model("llama");
    assertThat(CommandRun.fail(2, "eval", model, "--window", 257))
        .isEqualTo("--window 257 is more than the model's context of 256 tokens");
    assertThat(CommandRun.fail(2, "eval", model, "--window", 1)).isEqualTo("--window 1 is fewer than 2 tokens");
    assertThat(CommandRun.fail(2, "eval", model, "--windows", 0)).isEqualTo("--windows 0 is fewer than 1");
  }

  @Test
  void foldersThatAreNoModelsAreRefused() throws IOException {
    assertThat(CommandRun.fail(2, "eval", folder)).isEqualTo(folder + ": no config.json in the folder");
    Path model = model("llama");
    Files.delete(model.resolve("tokenizer.json"));
    assertThat(CommandRun.fail(2, "eval", model)).startsWith(model.toString()).contains("tokenizer.json", "vocab.txt");

    Path shards = TinyModels.of("llama").writeShards(folder.resolve("shards"));
    TinyTokenizer.write(shards, TinyModels.VOCABULARY);
    Files.delete(shards.resolve("model-00002-of-00002.safetensors"));
    assertThat(CommandRun.fail(2, "eval", shards)).contains("model-00002-of-00002.safetensors that it names is missing");

    TinyModel other = TinyModels.of("llama").configured("LlamaForCausalLM", "OtherForCausalLM");
    Path unknown = other.write(folder.resolve("unknown"));
    TinyTokenizer.write(unknown, TinyModels.VOCABULARY);
    assertThat(CommandRun.fail(2, "eval", unknown)).contains("OtherForCausalLM is not supported", "BertForMaskedLM");
  }

  @Test
  void theTokenizerMustBeTheModels() throws IOException {
    Path model = model("llama");
    TinyTokenizer.write(model, 200);
    Files.writeString(text, "w10 w150 w11");
    assertThat(CommandRun.fail(2, "eval", model, "--text", text))
        .isEqualTo("the tokenizer has a token 150, the model only 131 tokens");
  }

  @Test
  void otherWeightsMustBeThoseOfTheModel() throws IOException {
    Path model = model("llama");
    Path foreign = model("bert");
    Path file = foreign.resolve("model.safetensors");
    assertThat(CommandRun.fail(2, "eval", model, "--text", text, "--against", file))
        .startsWith(file + ": tensor ").endsWith(", which the model needs, is missing");
    assertThat(CommandRun.fail(2, "eval", model, "--text", text, "--against", foreign))
        .startsWith(foreign.toString()).contains("BertForMaskedLM is an encoder");
    Path larger = TinyModels.large("llama").write(folder.resolve("larger")).resolve("model.safetensors");
    assertThat(CommandRun.fail(2, "eval", model, "--text", text, "--against", larger))
        .startsWith(larger + ": tensor ").contains(" has the shape [131, 384], the model's has [131, 48]");
  }

  @Test
  void outputsAreCheckedFirst() {
    Path model = model("llama");
    assertThat(CommandRun.fail(2, "eval", model, "--csv", folder.resolve("none/table.csv"))).contains("no such folder");
    assertThat(CommandRun.fail(2, "eval", model, "--csv", "-")).isEqualTo("--csv -: standard output has the table");
    assertThat(CommandRun.fail(2, "eval", model, "--plot", folder.resolve("plot.png"))).isEqualTo("--plot needs --against");
  }
}
