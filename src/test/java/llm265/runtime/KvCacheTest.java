package llm265.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.dtype.DType;
import llm265.h264.UnsupportedStreamException;
import llm265.runtime.transform.KvPart;
import llm265.runtime.transform.RotaryTransform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KvCacheTest {
  private static final KvSpec SPEC = KvSpec.of("toy", 2, 4, 32, DType.BF16).withPages(16, 2);

  private static KvCacheWriter written(KvSpec spec, KvRate rate, int tokens) {
    KvCacheWriter writer = KvCodec.of(spec, rate).newSequence();
    writer.append(KvSamples.view(spec, tokens, 1), 0, tokens);
    return writer;
  }

  private static MemorySegment read(KvCacheSource source, int layer, KvPart part, int from, int to) {
    KvSpec spec = source.spec();
    MemorySegment rows = MemorySegment.ofArray(new byte[(int) ((to - from) * spec.tokenBytes(part))]);
    source.read(layer, part, 0, spec.kvHeads(), from, to, rows);
    return rows;
  }

  private static double snr(KvCacheSource source, KvView view, int layer, KvPart part, int from, int to) {
    KvSpec spec = source.spec();
    return KvSamples.snr(
        KvSamples.floats(spec.dtype(), KvSamples.rows(spec, view, layer, part, from, to)),
        KvSamples.floats(spec.dtype(), read(source, layer, part, from, to)));
  }

  @Test
  void sinksAndTheWindowAreAsTheyWere() {
    KvSpec spec = SPEC.withRaw(5, 40);
    KvView view = KvSamples.view(spec, 301, 1);
    KvCacheWriter writer = written(spec, KvRate.bits(4, 4), 301);
    int sealed = (301 - 40) / 16 * 16;
    assertThat(writer.pages()).isEqualTo(sealed / 16);
    KvCacheReader reader = KvCacheReader.open(writer.serialise(), spec);
    for (KvCacheSource source : List.of(writer, reader)) {
      for (KvPart part : KvPart.values()) {
        assertThat(read(source, 1, part, 0, 5).mismatch(KvSamples.rows(spec, view, 1, part, 0, 5))).isNegative();
        assertThat(read(source, 1, part, sealed, 301).mismatch(KvSamples.rows(spec, view, 1, part, sealed, 301)))
            .isNegative();
        assertThat(snr(source, view, 1, part, 5, sealed)).isBetween(20.0, 40.0);
      }
    }
  }

  @Test
  void tokensOneByOneBecomeThePagesOfTokensAtOnce() {
    KvView view = KvSamples.view(SPEC, 200, 1);
    KvCacheWriter writer = KvCodec.of(SPEC, KvRate.bits(3, 3)).newSequence();
    writer.append(view, 0, KvCacheWriter.LEARNED_TOKENS);
    KvCacheWriter other = KvCodec.of(SPEC, KvRate.bits(3, 3)).newSequence();
    for (int t = 0; t < KvCacheWriter.LEARNED_TOKENS; t++) {
      for (int layer = 0; layer < SPEC.layers(); layer++) {
        other.append(layer, view, t, 1);
      }
    }
    writer.append(view, 128, 72);
    for (int t = 128; t < 200; t += 3) {
      other.append(view, t, 3);
    }
    assertThat(other.serialise()).isEqualTo(writer.serialise());
  }

  @Test
  void anyRangeOfHeadsAndTokensIsThatOfTheWhole() {
    KvCacheReader reader = KvCacheReader.open(written(SPEC.withRaw(3, 20), KvRate.bits(3, 3), 230).serialise(), null);
    KvSpec spec = reader.spec();
    for (KvPart part : KvPart.values()) {
      float[] all = KvSamples.floats(DType.BF16, read(reader, 1, part, 0, 230));
      for (int[] range : new int[][] {
          {0, 230, 0, 4}, {1, 2, 3, 4}, {15, 33, 1, 3}, {2, 209, 0, 1}, {207, 230, 2, 4}, {7, 7, 0, 4}}) {
        int heads = range[3] - range[2];
        MemorySegment rows = MemorySegment.ofArray(new byte[(range[1] - range[0]) * heads * 32 * 2]);
        reader.read(1, part, range[2], range[3], range[0], range[1], rows);
        float[] some = KvSamples.floats(DType.BF16, rows);
        for (int i = 0; i < some.length; i++) {
          int token = range[0] + i / (heads * 32);
          int channel = range[2] * 32 + i % (heads * 32);
          assertThat(some[i]).isEqualTo(all[token * spec.kvHeads() * 32 + channel]);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KvRate.Mode.class)
  void threadsChangeNothing(KvRate.Mode mode) {
    double amount = mode == KvRate.Mode.SNR ? 20 : 4;
    KvRate rate = mode == KvRate.Mode.LOSSLESS ? KvRate.lossless() : KvRate.of(mode, amount, amount);
    KvView view = KvSamples.view(SPEC, 160, 1);
    byte[] alone = written(SPEC, rate, 160).serialise();
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      KvCacheWriter writer = KvCodec.of(SPEC, rate).withThreads(executor, 4).newSequence();
      writer.append(view, 0, 160);
      assertThat(writer.serialise()).isEqualTo(alone);
    }
  }

  @ParameterizedTest
  @CsvSource({"2.5, 3.5", "8, 8"})
  void slotsAreEqualAndFull(double keyBits, double valueBits) {
    KvSpec spec = KvSpec.of("toy", 1, 8, 64, DType.BF16);
    KvRate rate = KvRate.fixedBytes(keyBits, valueBits);
    long most = KvCodec.of(spec, rate).maxPageBytes();
    assertThat(8.0 * most / (16 * spec.tokenValues())).isBetween(0.99 * (keyBits + valueBits) / 2, (keyBits + valueBits) / 2);
    KvCacheWriter writer = written(spec, rate, 144);
    for (int page = 0; page < writer.pages(); page++) {
      assertThat(writer.page(page)).hasSize((int) most);
    }
    KvStatistics statistics = writer.statistics();
    assertThat(statistics.lastResorts()).isZero();
    assertThat((double) statistics.paddingBytes()).isLessThan(0.02 * statistics.bytes());
    KvCacheWriter bounded = written(spec, KvRate.maxBytes(keyBits, valueBits), 144);
    for (int page = 0; page < bounded.pages(); page++) {
      assertThat(bounded.page(page).length).isBetween((int) (0.97 * most), (int) most);
    }
  }

  @Test
  void whatCannotBeCodedInABoundIsCountedAndFits() {
    KvSpec spec = KvSpec.of("toy", 1, 2, 64, DType.F32);
    MemorySegment[] rows = {MemorySegment.ofArray(new byte[128 * 128 * 4])};
    float[] values = new float[128 * 128];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextBoolean() ? 3.4e38f : -3.4e38f) * (0.5f + random.nextFloat() / 2);
    }
    rows[0] = KvSamples.patterns(DType.F32, values);
    KvView view = KvView.rows(rows, rows, DType.F32, 128, 2, 64, 64);
    KvCodec codec = KvCodec.of(spec, KvRate.maxBytes(3, 3));
    KvCacheWriter writer = codec.newSequence();
    writer.append(view, 0, 128);
    assertThat(writer.statistics().worstPageBytes()).isLessThanOrEqualTo(codec.maxPageBytes());
    assertThat(writer.statistics().lastResorts()).isEqualTo(16);
    float[] decoded = KvSamples.floats(DType.F32, read(writer, 0, KvPart.KEYS, 0, 128));
    for (int i = 0; i < values.length; i++) {
      assertThat((double) decoded[i]).isCloseTo(values[i], within(1.2e38));
    }
  }

  @Test
  void theMeanHoldsWithTheContext() {
    KvCacheWriter writer = written(KvSpec.of("toy", 1, 4, 64, DType.BF16), KvRate.bits(3, 2.5), 1024);
    assertThat(writer.statistics().bitsPerValue()).isCloseTo(2.75, within(0.02));
    assertThat(writer.statistics().contextBytes()).isPositive();
  }

  @Test
  void withoutLossEveryBitIsThere() {
    KvView view = KvSamples.view(SPEC, 100, 1);
    KvCacheReader reader = KvCacheReader.open(written(SPEC, KvRate.lossless(), 100).serialise(), SPEC);
    for (KvPart part : KvPart.values()) {
      assertThat(read(reader, 1, part, 0, 100).mismatch(KvSamples.rows(SPEC, view, 1, part, 0, 100))).isNegative();
    }
    assertThat(reader.statistics().bitsPerValue()).isLessThan(15);
  }

  @Test
  void truncationLeavesWhatIsBefore() {
    KvView view = KvSamples.view(SPEC, 300, 1);
    KvCacheWriter writer = written(SPEC.withRaw(4, 0), KvRate.bits(4, 4), 200);
    MemorySegment before = read(writer, 0, KvPart.KEYS, 0, 90);
    writer.truncate(195);
    assertThat(writer.tokens()).isEqualTo(195);
    writer.truncate(90);
    assertThat(writer.tokens()).isEqualTo(90);
    assertThat(read(writer, 0, KvPart.KEYS, 0, 90).mismatch(before)).isNegative();
    writer.append(view, 200, 40);
    assertThat(read(writer, 0, KvPart.KEYS, 0, 90).mismatch(before)).isNegative();
    KvCacheReader reader = KvCacheReader.open(writer.serialise(), null);
    float[] later = KvSamples.floats(DType.BF16, KvSamples.rows(SPEC, view, 0, KvPart.KEYS, 200, 240));
    assertThat(KvSamples.snr(later, KvSamples.floats(DType.BF16, read(reader, 0, KvPart.KEYS, 90, 130)))).isGreaterThan(20);
    assertThat(read(reader, 0, KvPart.KEYS, 0, 90).mismatch(before)).isNegative();
    writer.truncate(0);
    assertThat(writer.tokens()).isZero();
  }

  @Test
  void evictionLeavesAHole() {
    KvCacheWriter writer = written(SPEC, KvRate.bits(4, 4), 160);
    MemorySegment later = read(writer, 1, KvPart.VALUES, 64, 160);
    writer.evict(3);
    KvCacheReader reader = KvCacheReader.open(writer.serialise(), SPEC);
    assertThat(read(reader, 1, KvPart.VALUES, 64, 160).mismatch(later)).isNegative();
    assertThatThrownBy(() -> read(reader, 1, KvPart.VALUES, 40, 60))
        .isInstanceOf(KvCellException.class).hasMessage("page 3: was evicted");
    byte[] untouched = new byte[20 * 4 * 32 * 2];
    assertThat(reader.tryRead(1, KvPart.VALUES, 0, 4, 40, 60, MemorySegment.ofArray(untouched))).isFalse();
    assertThat(untouched).containsOnly(0);
    assertThat(reader.statistics().evicted()).isEqualTo(1);
    assertThat(reader.verify()).isEmpty();
  }

  @Test
  void aPageOfFewerTokensIsSealedWhenAsked() {
    KvView view = KvSamples.view(SPEC, 37, 1);
    KvCacheWriter writer = KvCodec.of(SPEC, KvRate.bits(5, 5)).newSequence();
    writer.append(view, 0, 37);
    assertThat(writer.pages()).isZero();
    writer.seal();
    assertThat(writer.pages()).isEqualTo(3);
    assertThat(writer.pageTokens(2)).isEqualTo(5);
    assertThat(snr(KvCacheReader.open(writer.serialise(), SPEC), view, 0, KvPart.KEYS, 0, 37)).isGreaterThan(20);
  }

  @Test
  void filesOfOtherCachesAreRefusedByName() throws IOException {
    byte[] file = written(SPEC, KvRate.bits(3, 3), 130).serialise();
    List<KvSpec> others = List.of(
        KvSpec.of("other", 2, 4, 32, DType.BF16).withPages(16, 2), KvSpec.of("toy", 3, 4, 32, DType.BF16).withPages(16, 2),
        SPEC.withPages(32, 2), SPEC.withPages(16, 4), SPEC.withRaw(1, 0), SPEC.withLayout(KvLayout.VLLM_PACKED),
        SPEC.withKeys(KvSpec.KeyForm.PRE_ROPE, ""), SPEC.withKeys(KvSpec.KeyForm.POST_ROPE, "10000"),
        SPEC.withRotary(KvRotary.of(10_000, 32, RotaryTransform.Pairing.HALVES)), SPEC.withLearnedAxes());
    List<String> names = List.of(
        "model_id", "layers", "page_tokens", "heads_per_cell", "sink_tokens", "layout", "key_form", "rope", "rotary",
        "learned_axes");
    for (int i = 0; i < others.size(); i++) {
      KvSpec other = others.get(i);
      assertThatThrownBy(() -> KvCacheReader.open(file, other))
          .isInstanceOf(UnsupportedStreamException.class).hasMessageStartingWith(names.get(i) + ": is ");
    }
    assertThat(KvCacheReader.open(file, SPEC).tokens()).isEqualTo(130);
  }

  @Test
  void filesAreWrittenWholeAndMapped(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("a.kv");
    KvCacheWriter writer = KvCodec.of(SPEC, KvRate.bits(3, 3)).newSequence(7, path);
    writer.append(KvSamples.view(SPEC, 140, 1), 0, 140);
    writer.flush();
    KvCacheReader reader = KvCacheReader.open(path, SPEC, null);
    assertThat(read(reader, 1, KvPart.KEYS, 0, 140).mismatch(read(writer, 1, KvPart.KEYS, 0, 140))).isNegative();
  }

  @Test
  void layersOfAPageComeInOrder() {
    KvCacheReader reader = KvCacheReader.open(written(SPEC, KvRate.bits(3, 3), 130).serialise(), SPEC);
    List<Integer> layers = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      reader.withThreads(executor, 3).readPage(2, (layer, keys, values) -> {
        layers.add(layer);
        assertThat(keys.mismatch(read(reader, layer, KvPart.KEYS, 32, 48))).isNegative();
        assertThat(values.mismatch(read(reader, layer, KvPart.VALUES, 32, 48))).isNegative();
      });
    }
    assertThat(layers).containsExactly(0, 1);
  }
}
