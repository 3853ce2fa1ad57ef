package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import llm265.lm.weights.ModelFolder;
import llm265.model.CalibrationFile;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibratorTest {
  private static final long PLENTY = 1 << 30;
  private static final int TOKENS = 3 * 21;

  @TempDir private Path folder;

  static TokenWindows text(long seed) {
    Random random = new Random(seed);
    return new TokenWindows(
        IntStream.range(0, 3).mapToObj(i -> random.ints(21, 0, TinyModels.VOCABULARY).toArray()).toList(), 0);
  }

  private ModelFolder model(String name) throws IOException {
    return ModelFolder.open(TinyModels.of(name).write(folder.resolve(name)));
  }

  /** Counts tokens, and stops the program after some of them. */
  private static final class Counter implements Calibrator.Listener {
    private final List<Long> begun = new ArrayList<>();
    private final long most;
    private long tokens;

    Counter(long most) {
      this.most = most;
    }

    @Override
    public void begin(long all) {
      begun.add(all);
    }

    @Override
    public void step(int more) {
      tokens += more;
      if (tokens > most) {
        throw new IllegalStateException("stopped");
      }
    }
  }

  private byte[] write(ModelFolder model, TokenWindows text, long memory, Counter counter) throws IOException {
    Path output = folder.resolve("out.safetensors");
    Files.deleteIfExists(output);
    new Calibrator(model, text, Workers.CALLER, memory).write(output, counter);
    assertThat(counter.begun).containsExactly(counter.tokens);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("out"))).containsExactly(output);
    }
    return Files.readAllBytes(output);
  }

  @Test
  void allLayersOfTheBlocksAreMeasured() throws IOException {
    try (ModelFolder model = model("llama")) {
      write(model, text(1), PLENTY, new Counter(PLENTY));
    }
    try (CalibrationFile file = CalibrationFile.open(folder.resolve("out.safetensors"))) {
      assertThat(file.layers()).hasSize(14).contains("model.layers.1.mlp.down_proj.weight");
      assertThat(file.tokens()).isEqualTo(TOKENS);
      assertThat(file.apply("model.layers.1.mlp.down_proj.weight").size()).isEqualTo(80);
      assertThat(file.apply("model.layers.0.self_attn.v_proj.weight").second())
          .isEqualTo(file.apply("model.layers.0.self_attn.q_proj.weight").second())
          .isNotEqualTo(file.apply("model.layers.0.mlp.up_proj.weight").second());
    }
  }

  @Test
  void passesOfAnySizeGiveTheSameFile() throws IOException {
    try (ModelFolder model = model("gpt2")) {
      Counter once = new Counter(PLENTY);
      byte[] whole = write(model, text(1), PLENTY, once);
      assertThat(once.tokens).isEqualTo(TOKENS);
      Counter many = new Counter(PLENTY);
      assertThat(write(model, text(1), 0, many)).isEqualTo(whole);
      assertThat(many.tokens).isEqualTo(8 * TOKENS);
      Counter some = new Counter(PLENTY);
      // Three inputs of 48, and one of 192 by itself.
      assertThat(write(model, text(1), 3 * 48 * 48 * 8, some)).isEqualTo(whole);
      assertThat(some.tokens).isEqualTo(4 * TOKENS);
    }
  }

  @Test
  void aRunThatWasStoppedGoesOn() throws IOException {
    try (ModelFolder model = model("llama")) {
      byte[] whole = write(model, text(1), PLENTY, new Counter(PLENTY));
      stop(model, text(1), 3 * TOKENS + 40);
      Counter rest = new Counter(PLENTY);
      assertThat(write(model, text(1), 0, rest)).isEqualTo(whole);
      assertThat(rest.tokens).isEqualTo(5 * TOKENS);
    }
  }

  @Test
  void partsThatAreDamagedAreMeasuredAgain() throws IOException {
    try (ModelFolder model = model("llama")) {
      byte[] whole = write(model, text(1), PLENTY, new Counter(PLENTY));
      stop(model, text(1), 3 * TOKENS + 40);
      Path part = folder.resolve("out.safetensors.part/input-1.safetensors");
      Files.write(part, new byte[] {1, 2, 3});
      Counter rest = new Counter(PLENTY);
      assertThat(write(model, text(1), 0, rest)).isEqualTo(whole);
      assertThat(rest.tokens).isEqualTo(6 * TOKENS);
    }
  }

  private void stop(ModelFolder model, TokenWindows text, long after) {
    assertThatThrownBy(() -> write(model, text, 0, new Counter(after))).hasMessage("stopped");
    assertThat(folder.resolve("out.safetensors.part")).isDirectory();
  }

  @Test
  void anotherTextOrModelStartsAnew() throws IOException {
    try (ModelFolder model = model("llama"); ModelFolder other = model("mistral")) {
      byte[] whole = write(model, text(2), PLENTY, new Counter(PLENTY));
      byte[] ofOther = write(other, text(2), PLENTY, new Counter(PLENTY));
      stop(model, text(1), 3 * TOKENS);
      Counter all = new Counter(PLENTY);
      assertThat(write(model, text(2), 0, all)).isEqualTo(whole);
      assertThat(all.tokens).isEqualTo(8 * TOKENS);
      stop(model, text(2), 3 * TOKENS);
      assertThat(write(other, text(2), 0, new Counter(PLENTY))).isEqualTo(ofOther).isNotEqualTo(whole);
    }
  }

  @Test
  void encodersAreMeasuredToo() throws IOException {
    try (ModelFolder model = model("bert")) {
      write(model, text(1), PLENTY, new Counter(PLENTY));
    }
    try (CalibrationFile file = CalibrationFile.open(folder.resolve("out.safetensors"))) {
      assertThat(file.layers()).hasSize(12);
      assertThat(file.apply("bert.encoder.layer.0.attention.self.key.weight").second()[0]).isPositive();
    }
  }
}
