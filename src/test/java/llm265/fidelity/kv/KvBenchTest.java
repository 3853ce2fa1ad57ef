package llm265.fidelity.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import llm265.fidelity.TokenWindows;
import llm265.lm.Encoder;
import llm265.lm.LanguageModel;
import llm265.lm.weights.ModelFolder;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModels;
import llm265.runtime.transform.KvPart;
import llm265.runtime.transform.KvProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvBenchTest {
  @TempDir private Path folder;

  private static TokenWindows text(int windows, int length, long seed) {
    Random random = new Random(seed);
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < windows; i++) {
      all.add(random.ints(length, 0, TinyModels.VOCABULARY).toArray());
    }
    return new TokenWindows(all, 0);
  }

  private static KvBench bench(boolean all, double[] bits, String... methods) {
    return new KvBench(List.of(methods), bits, new KvOptions(16, 2, 8, all, 8));
  }

  private List<KvBench.Row> measure(String name, KvBench bench, TokenWindows text) throws IOException {
    List<KvBench.Row> rows = new ArrayList<>();
    AtomicInteger tokens = new AtomicInteger();
    try (ModelFolder opened = ModelFolder.open(TinyModels.of(name).write(folder.resolve(name)))) {
      LanguageModel model = LanguageModel.load(opened.config(), opened.weights(), Workers.CALLER);
      KvProfile profile = bench.needsProfile()
          ? new KvProfiler(model, opened.weights()).learn(name, WrittenWindows.of(model, 0, 4, 60, count -> { }), count -> { })
          : null;
      bench.measure(new CausalSubject(model), text, profile, tokens::addAndGet, rows::add);
    }
    assertThat(rows).hasSize(bench.rows());
    assertThat(tokens).hasValue((int) (rows.size() * text.predicted()));
    return rows;
  }

  @Test
  void allTokensAreCodedAtTheRatesThatWereAskedFor() throws IOException {
    KvBench bench = bench(
        true, new double[] {4, 2.5}, "codec", "codec-profile", "codec-axes", "kivi", "q8_0", "kv{b}");
    List<KvBench.Row> rows = measure("llama", bench, text(1, 96, 1));
    assertThat(rows).extracting(KvBench.Row::method).containsExactly(
        "original", "codec", "codec", "codec-profile", "codec-profile", "codec-axes", "codec-axes", "kivi4", "q8_0", "kv4");
    assertThat(rows.getFirst().bits()).isEqualTo(16);
    assertThat(rows.getFirst().fidelity().divergence()).isZero();
    for (int i = 1; i <= 6; i++) {
      assertThat(rows.get(i).bits()).isCloseTo(i % 2 == 1 ? 2.5 : 4, within(0.1));
      assertThat(rows.get(i).size().raw()).isZero();
      assertThat(rows.get(i).pages().pages()).isGreaterThanOrEqualTo(2 * 6);
      assertThat(rows.get(i).attention().keySnr()).isGreaterThan(i % 2 == 1 ? 5 : 15);
    }
    for (int i = 1; i < 7; i += 2) {
      assertThat(rows.get(i).fidelity().divergence()).isGreaterThan(3 * rows.get(i + 1).fidelity().divergence());
      assertThat(rows.get(i).attention().scoreError()).isGreaterThan(rows.get(i + 1).attention().scoreError());
    }
    assertThat(rows.get(8).fidelity().divergence()).isPositive().isLessThan(0.001);
    assertThat(rows.get(8).attention().resultSnr()).isGreaterThan(30);
    assertThat(rows.get(8).attention().worstResultSnr()).isLessThanOrEqualTo(rows.get(8).attention().resultSnr());
    assertThat(rows.get(2).line()).isEqualTo("codec");
    assertThat(rows.get(7).line()).isEqualTo("kivi{b}");
  }

  @Test
  void tokensAreKeptRawAsTheRecipesSay() throws IOException {
    KvBench bench = bench(false, new double[] {6}, "codec", "kivi4r32", "q8_0");
    List<KvBench.Row> rows = measure("llama", bench, text(1, 160, 2));
    // 160 tokens less 8 recent ones are 9 pages of 16, with 2 sinks.
    assertThat(rows.get(1).size().raw()).isEqualTo((2L + 160 - 144) * 16 * 2 * 2 * 16);
    assertThat(rows.get(1).bits()).isCloseTo(6, within(0.1));
    assertThat(rows.get(2).size().raw()).isEqualTo(32L * 16 * 2 * 16);
    assertThat(rows.get(3).size().raw()).isZero();
    assertThat(rows).extracting(row -> row.fidelity().divergence()).element(2).isNotEqualTo(0.0);
  }

  @Test
  void keysAndValuesOfEncodersAreCodedLayerByLayer() throws IOException {
    KvBench bench = bench(true, new double[] {4, 8}, "codec-axes", "q8_0");
    List<KvBench.Row> rows = new ArrayList<>();
    try (ModelFolder opened = ModelFolder.open(TinyModels.of("bert").write(folder.resolve("bert")))) {
      KvSubject subject = new MaskedSubject(Encoder.load(opened.config(), opened.weights(), Workers.CALLER), 3);
      bench.measure(subject, text(1, 96, 4), null, count -> { }, rows::add);
    }
    assertThat(rows).extracting(KvBench.Row::method).containsExactly("original", "codec-axes", "codec-axes", "q8_0");
    assertThat(rows.getFirst().fidelity().divergence()).isZero();
    double coarse = rows.get(1).fidelity().divergence();
    assertThat(rows.get(2).fidelity().divergence()).isPositive().isLessThan(coarse / 10);
    assertThat(rows.get(1).bits()).isCloseTo(4, within(0.2));
    // What attention makes of them has all tokens, also those behind a query.
    assertThat(rows.get(3).attention().resultSnr()).isGreaterThan(30);
  }

  @Test
  void namesAndRatesThatMeanNothingAreRefused() throws IOException {
    assertThatIllegalArgumentException().isThrownBy(() -> bench(true, new double[] {2}, "zip")).withMessageContaining("'zip'");
    assertThatIllegalArgumentException().isThrownBy(() -> bench(true, new double[] {2.5}, "kivi"))
        .withMessageContaining("kivi{b} takes whole numbers of bits");
    assertThat(bench(true, new double[] {1}, "codec").needsProfile()).isFalse();
    KvBench tooFew = bench(false, new double[] {1}, "codec");
    assertThatIllegalArgumentException().isThrownBy(() -> measure("llama", tooFew, text(1, 40, 1)))
        .withMessageContaining("tokens that are kept raw take");
    try (ModelFolder one = ModelFolder.open(TinyModels.of("llama").write(folder.resolve("a")));
        ModelFolder two = ModelFolder.open(TinyModels.of("gpt2").write(folder.resolve("b")))) {
      LanguageModel llama = LanguageModel.load(one.config(), one.weights(), Workers.CALLER);
      LanguageModel gpt = LanguageModel.load(two.config(), two.weights(), Workers.CALLER);
      KvProfile profile = new KvProfiler(llama, one.weights()).learn("llama", text(1, 40, 3), count -> { });
      assertThat(profile.model(1, KvPart.KEYS, 0).transform().channels()).isEqualTo(16);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> bench(true, new double[] {2}, "codec-profile")
              .measure(new CausalSubject(gpt), text(1, 40, 3), profile, count -> { }, row -> { }))
          .withMessageContaining("the profile of llama is for 2 heads of 8 elements");
    }
  }
}
