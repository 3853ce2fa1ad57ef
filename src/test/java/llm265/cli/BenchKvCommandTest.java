package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchKvCommandTest {
  @TempDir private Path folder;

  private Path model;
  private Path text;

  @BeforeEach
  void write() throws IOException {
    model = TinyModels.of("llama").write(folder.resolve("llama"));
    String vocabulary = IntStream.rangeClosed('a', 'z').mapToObj(letter -> "\"" + (char) letter + "\":" + (letter - 'a' + 7))
        .collect(Collectors.joining(","));
    Files.writeString(model.resolve("tokenizer.json"), """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,"pre_tokenizer":null,
        "post_processor":null,"decoder":null,"model":{"type":"BPE","vocab":{%s},"merges":[]}}""".formatted(vocabulary));
    text = Files.writeString(folder.resolve("text.txt"), new Random(5).ints(200, 'a', 'z' + 1)
        .mapToObj(Character::toString).collect(Collectors.joining()));
  }

  @Test
  void theBenchWritesATableAPlotAndAProfile() throws IOException {
    Path profile = folder.resolve("profile.safetensors");
    CommandRun run = CommandRun.of(
        "bench", "kv", model, "--text", text, "--window", 48, "--windows", 2, "--bits", "4", "--methods",
        "codec-profile,kivi,q4_0", "--all", "--page-tokens", 16, "--profile-text", text, "--save-profile", profile,
        "-o", folder.resolve("kv"));
    assertThat(run.err()).contains("2 windows of 48 tokens, 94 of them predicted; all tokens coded")
        .contains("bytes, learnt from 192 tokens");
    assertThat(run.out().lines().map(line -> line.split(" ")[0]).toList())
        .startsWith("method", "original", "codec-profile", "kivi4", "q4_0");
    List<String> rows = Files.readAllLines(folder.resolve("kv.csv"));
    assertThat(rows).hasSize(5);
    assertThat(rows.getFirst()).startsWith("method,bits,raw_bits,kl_nats");
    assertThat(ImageIO.read(folder.resolve("kv.png").toFile()).getWidth()).isEqualTo(1200);

    JsonNode json = new ObjectMapper().readTree(CommandRun.succeed(
        "bench", "kv", model, "--text", text, "--window", 48, "--windows", 2, "--bits", "4", "--methods", "codec-profile",
        "--all", "--page-tokens", 16, "--profile", profile, "--json"));
    assertThat(json.path("window").asInt()).isEqualTo(48);
    assertThat(json.path("profileTokens").asInt()).isEqualTo(200 / 48 * 48);
    JsonNode ours = json.path("methods").path(1);
    assertThat(ours.path("klNats").asDouble()).isEqualTo(Double.parseDouble(rows.get(2).split(",")[3])).isPositive();
    assertThat(ours.path("breakEvenMegabytes").asDouble()).isPositive();
  }

  @Test
  void settingsThatDoNotFitAreRefused() {
    assertThat(CommandRun.fail(2, "bench", "kv", model, "--text", text, "--methods", "zip")).contains("no method 'zip'");
    assertThat(CommandRun.fail(2, "bench", "kv", model, "--text", text, "--bits", "0.1")).contains("not in 0.25..12");
    assertThat(CommandRun.fail(2, "bench", "kv", model, "--text", text, "--window", 257)).contains("--window 257");
    assertThat(CommandRun.fail(
        2, "bench", "kv", model, "--methods", "codec-profile", "--text", text, "--window", 48, "--profile",
        model.resolve("model.safetensors"))).contains("is no profile of keys and values");
    Path bert = TinyModels.of("bert").write(folder.resolve("bert"));
    assertThat(CommandRun.fail(2, "bench", "kv", bert, "--text", text, "--methods", "q8_0")).contains("add --all");
    assertThat(CommandRun.fail(2, "bench", "kv", model, "--text", text, "--save-profile", folder.resolve("p")))
        .contains("--save-profile");
  }
}
