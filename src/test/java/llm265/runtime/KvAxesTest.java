package llm265.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.CoefficientModel;
import llm265.runtime.transform.CoefficientModels;
import llm265.runtime.transform.IdentityTransform;
import llm265.runtime.transform.KvPart;
import llm265.runtime.transform.RotaryTransform.Pairing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Axes that are learned from decoded tokens, and rotary embedding that the codec undoes. */
class KvAxesTest {
  private static final int TOKENS = 300;
  private static final KvRotary ROTARY = KvRotary.of(1000, 16, Pairing.EVEN_ODD);
  private static final KvSpec PLAIN = KvSpec.of("toy", 2, 4, 16, DType.BF16).withPages(16, 2);
  private static final KvSpec SPEC = PLAIN.withRotary(ROTARY).withLearnedAxes();
  private static final KvView VIEW = view(1);

  /** Keys that are rotated, and values, near a few axes each. */
  private static KvView view(long seed) {
    MemorySegment[][] parts = new MemorySegment[2][2];
    ChannelTransform rotation = ROTARY.undone(16, new IdentityTransform(64));
    for (int layer = 0; layer < 2; layer++) {
      for (int part = 0; part < 2; part++) {
        Random random = new Random(seed + 2 * layer + part);
        float[] mixture = new float[6 * 64];
        for (int i = 0; i < mixture.length; i++) {
          mixture[i] = (float) random.nextGaussian();
        }
        float[] rows = new float[TOKENS * 64];
        for (int t = 0; t < TOKENS; t++) {
          for (int factor = 0; factor < 6; factor++) {
            float strength = (float) random.nextGaussian();
            for (int c = 0; c < 64; c++) {
              rows[t * 64 + c] += strength * mixture[factor * 64 + c];
            }
          }
          for (int c = 0; c < 64; c++) {
            rows[t * 64 + c] += (float) (0.2 * random.nextGaussian());
          }
        }
        if (part == 0) {
          rotation.inverse(rows, 0, TOKENS, 0);
        }
        parts[part][layer] = KvSamples.patterns(DType.BF16, rows);
      }
    }
    return KvView.rows(parts[0], parts[1], DType.BF16, TOKENS, 4, 16, 16);
  }

  private static KvCacheWriter written(KvSpec spec, KvRate rate) {
    KvCacheWriter writer = KvCodec.of(spec, rate).newSequence();
    writer.append(VIEW, 0, TOKENS);
    writer.seal();
    return writer;
  }

  private static byte[] read(KvCacheSource source, int layer, KvPart part, int from, int to) {
    byte[] rows = new byte[(int) ((to - from) * SPEC.tokenBytes(part))];
    source.read(layer, part, 0, 4, from, to, MemorySegment.ofArray(rows));
    return rows;
  }

  private static double snr(KvCacheSource source, KvPart part) {
    return KvSamples.snr(
        KvSamples.floats(DType.BF16, KvSamples.rows(SPEC, VIEW, 1, part, 0, TOKENS)),
        KvSamples.floats(DType.BF16, MemorySegment.ofArray(read(source, 1, part, 0, TOKENS))));
  }

  @Test
  void axesAndUndoneRotationAreWorthTheirDecibels() {
    KvCacheWriter plain = written(PLAIN, KvRate.bits(2.5, 2.5));
    KvCacheWriter turned = written(PLAIN.withRotary(ROTARY), KvRate.bits(2.5, 2.5));
    KvCacheWriter axes = written(SPEC, KvRate.bits(2.5, 2.5));
    assertThat(snr(axes, KvPart.KEYS)).isGreaterThan(snr(turned, KvPart.KEYS) + 3);
    assertThat(snr(axes, KvPart.VALUES)).isGreaterThan(snr(plain, KvPart.VALUES) + 3);
    assertThat(axes.statistics().bitsPerValue()).isLessThan(2.6);
  }

  @ParameterizedTest
  @EnumSource(value = KvRate.Coding.class)
  void readersGetWhatTheWriterHas(KvRate.Coding coding) {
    List<KvSpec> specs = coding == KvRate.Coding.PICTURES ? List.of(SPEC.withPages(100, 4))
        : List.of(SPEC, SPEC.withRaw(5, 30).withPages(7, 1), SPEC.withPages(100, 4));
    for (KvSpec spec : specs) {
      byte[] all = {};
      KvCacheWriter writer = KvCodec.of(spec, KvRate.bits(4, 4).with(coding)).newSequence();
      writer.append(VIEW, 0, TOKENS);
      byte[] file = writer.serialise();
      KvCacheReader sequential = KvCacheReader.open(file, spec);
      for (KvPart part : KvPart.values()) {
        all = read(writer, 1, part, 0, TOKENS);
        assertThat(read(sequential, 1, part, 0, TOKENS)).isEqualTo(all);
        for (int from : part == KvPart.KEYS ? new int[] {250} : new int[] {63, 200}) {
          int at = (int) (from * spec.tokenBytes(part));
          byte[] some = read(KvCacheReader.open(file, spec), 1, part, from, from + 20);
          assertThat(some).isEqualTo(Arrays.copyOfRange(all, at, at + some.length));
        }
      }
      // More boundaries than models that a reader keeps.
      for (int from : new int[] {270, 70, 140, 0}) {
        int at = (int) (from * spec.tokenBytes(KvPart.VALUES));
        byte[] some = read(sequential, 1, KvPart.VALUES, from, from + 5);
        assertThat(some).isEqualTo(Arrays.copyOfRange(all, at, at + some.length));
      }
      assertThat(sequential.verify()).isEmpty();
    }
  }

  @Test
  void tokensOneByOneAndThreadsChangeNothing() {
    byte[] once = written(SPEC, KvRate.snr(20, 20)).serialise();
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      KvCodec codec = KvCodec.of(SPEC, KvRate.snr(20, 20)).withThreads(executor, 4);
      KvCacheWriter writer = codec.newSequence();
      writer.append(VIEW, 0, TOKENS);
      writer.seal();
      assertThat(writer.serialise()).isEqualTo(once);
      KvCacheReader reader = KvCacheReader.open(once, SPEC).withThreads(executor, 4);
      reader.readPage(14, (layer, keys, values) ->
          assertThat(keys.toArray(LittleEndian.BYTE)).isEqualTo(read(writer, layer, KvPart.KEYS, 224, 240)));
    }
  }

  @Test
  void damageOfAnEarlyPageIsFoundWhenALaterOneIsRead() {
    KvCacheWriter writer = written(SPEC, KvRate.fixedBytes(4, 4));
    byte[] file = writer.serialise();
    int page = writer.page(0).length;
    int pages = file.length - writer.page(18).length - 18 * page;
    // The last cell of page 2: values of layer 1, heads 2 and 3.
    file[pages + 3 * page - 5] ^= 1;
    KvCacheReader reader = KvCacheReader.open(file, SPEC);
    assertThat(reader.verify()).singleElement()
        .matches(damage -> damage.page() == 2 && damage.layer() == 1 && damage.part() == KvPart.VALUES);
    byte[] rows = new byte[4096];
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> reader.read(1, KvPart.VALUES, 2, 4, 200, 210, MemorySegment.ofArray(rows)))
          .isInstanceOf(KvCellException.class).hasMessage("page 2, layer 1, values: its checksum is not that of its bytes");
    }
    assertThat(rows).containsOnly(0);
    assertThat(reader.tryRead(1, KvPart.VALUES, 0, 2, 200, 210, MemorySegment.ofArray(rows))).isTrue();
    assertThat(read(reader, 0, KvPart.VALUES, 200, 210)).isEqualTo(read(writer, 0, KvPart.VALUES, 200, 210));
    file[pages + 2 * page + 15] ^= 1;
    KvCacheReader worse = KvCacheReader.open(file, SPEC);
    assertThat(worse.verify()).singleElement().matches(damage -> damage.page() == 2 && damage.layer() == -1);
    assertThatThrownBy(() -> read(worse, 0, KvPart.KEYS, 200, 210))
        .isInstanceOf(KvCellException.class).hasMessageStartingWith("page 2: ");
  }

  @Test
  void anotherPageOfTheSamePlaceIsNoSource() {
    KvCacheWriter writer = KvCodec.of(SPEC, KvRate.fixedBytes(4, 4)).newSequence();
    writer.append(VIEW, 0, 128);
    byte[] other = writer.page(3);
    writer.truncate(48);
    writer.append(view(9), 48, 100);
    byte[] file = writer.serialise();
    int page = other.length;
    assertThat(writer.page(3)).hasSize(page).isNotEqualTo(other);
    int tail = (int) ((148 - 144) * 4 * SPEC.tokenBytes(KvPart.KEYS));
    int pages = file.length - tail - 9 * page;
    System.arraycopy(other, 0, file, pages + 3 * page, page);
    KvCacheReader reader = KvCacheReader.open(file, SPEC);
    assertThat(reader.tryRead(0, KvPart.KEYS, 0, 4, 48, 64, MemorySegment.ofArray(new byte[2048]))).isTrue();
    assertThatThrownBy(() -> read(reader, 0, KvPart.KEYS, 64, 70))
        .isInstanceOf(KvCellException.class).hasMessageStartingWith("page 4, layer 0, keys: its checksum");
  }

  @Test
  void truncationAcrossABoundaryLearnsFromWhatIsThere() {
    for (int left : new int[] {120, 0}) {
      KvCacheWriter writer = written(SPEC, KvRate.bits(4, 4));
      byte[] before = read(writer, 1, KvPart.KEYS, 0, left);
      writer.truncate(left);
      writer.append(view(7), 0, 150);
      writer.truncate(left + 140);
      writer.append(VIEW, 0, 100);
      writer.seal();
      KvCacheReader reader = KvCacheReader.open(writer.serialise(), SPEC);
      assertThat(reader.verify()).isEmpty();
      assertThat(read(reader, 1, KvPart.KEYS, 0, left)).isEqualTo(before);
      assertThat(read(reader, 1, KvPart.KEYS, left, left + 240)).isEqualTo(read(writer, 1, KvPart.KEYS, left, left + 240));
      MemorySegment later = MemorySegment.ofArray(read(reader, 1, KvPart.VALUES, left + 140, left + 240));
      assertThat(KvSamples.snr(
          KvSamples.floats(DType.BF16, KvSamples.rows(SPEC, VIEW, 1, KvPart.VALUES, 0, 100)),
          KvSamples.floats(DType.BF16, later))).as("%d left", left).isGreaterThan(15);
    }
  }

  @Test
  void pagesThatWereLearnedFromCannotGo() {
    KvCacheWriter writer = written(SPEC, KvRate.bits(4, 4));
    assertThat(writer.isEvictable(15)).isFalse();
    assertThatThrownBy(() -> writer.evict(15))
        .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("page 15 cannot be evicted: axes of later");
    // Learned at 64, 128 and 256 tokens: pages from 16 on are nobody's source yet.
    writer.evict(16);
    writer.append(VIEW, 0, 256);
    writer.seal();
    KvCacheReader reader = KvCacheReader.open(writer.serialise(), SPEC);
    assertThat(read(reader, 0, KvPart.KEYS, 272, 556)).isEqualTo(read(writer, 0, KvPart.KEYS, 272, 556));
    assertThatThrownBy(() -> read(reader, 0, KvPart.KEYS, 250, 260)).hasMessage("page 16: was evicted");
    assertThat(reader.verify()).isEmpty();
    assertThat(writer.isEvictable(17)).isFalse();
  }

  @Test
  void valuesThatAreNotFiniteOrHugeDoNotSpread() {
    KvSpec spec = KvSpec.of("toy", 1, 1, 8, DType.F32).withRotary(KvRotary.of(100, 8, Pairing.HALVES)).withLearnedAxes();
    float[] values = KvSamples.values(200, 8, 1);
    float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, 1e38f, -1e38f};
    for (int i = 0; i < 12; i++) {
      values[37 * i] = odd[i % 4];
    }
    MemorySegment[] rows = {KvSamples.patterns(DType.F32, values)};
    KvCacheWriter writer = KvCodec.of(spec, KvRate.snr(30, 30)).newSequence();
    writer.append(KvView.rows(rows, rows, DType.F32, 200, 1, 8, 8), 0, 200);
    writer.seal();
    byte[] decoded = new byte[200 * 8 * 4];
    KvCacheReader reader = KvCacheReader.open(writer.serialise(), spec);
    reader.read(0, KvPart.KEYS, 0, 1, 0, 200, MemorySegment.ofArray(decoded));
    float[] floats = KvSamples.floats(DType.F32, MemorySegment.ofArray(decoded));
    assertThat(floats[0]).isNaN();
    assertThat(floats[37]).isEqualTo(Float.POSITIVE_INFINITY);
    for (int i = 0; i < floats.length; i++) {
      assertThat(Float.isFinite(floats[i])).isEqualTo(Float.isFinite(values[i]));
    }
  }

  @Test
  void valuesArePredictedByTheKeysOfTheirTokens() {
    MemorySegment[][] parts = new MemorySegment[2][1];
    Random random = new Random(3);
    float[] keys = new float[TOKENS * 16];
    float[] values = new float[TOKENS * 16];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < values.length; i++) {
      int token = i / 16 * 16;
      values[i] = keys[token + (i * 5 + 3) % 16] - keys[token + (i * 3 + 1) % 16] + (float) (0.05 * random.nextGaussian());
    }
    parts[0][0] = KvSamples.patterns(DType.BF16, keys);
    parts[1][0] = KvSamples.patterns(DType.BF16, values);
    KvSpec spec = KvSpec.of("toy", 1, 1, 16, DType.BF16).withPages(16, 1).withLearnedAxes();
    KvCacheWriter writer = KvCodec.of(spec, KvRate.step(12, 12)).newSequence();
    writer.append(KvView.rows(parts[0], parts[1], DType.BF16, TOKENS, 1, 16, 16), 0, TOKENS);
    writer.seal();
    long[] bytes = new long[2];
    for (int page = 8; page < 16; page++) {
      for (int cell = 0; cell < 2; cell++) {
        bytes[cell] += writer.sequence().entries().get(page).page().bodyBytes(cell);
      }
    }
    assertThat(bytes[1]).isLessThan(2 * bytes[0] / 3);
    byte[] file = writer.serialise();
    // Keys of the last page of 16 tokens: values come from them, too.
    int last = writer.page(18).length;
    int page = writer.page(17).length;
    file[file.length - last - page + 24] ^= 1;
    KvCacheReader damaged = KvCacheReader.open(file, spec);
    assertThat(damaged.verify()).singleElement().matches(damage -> damage.page() == 17 && damage.part() == KvPart.KEYS);
    assertThatThrownBy(() -> damaged.read(0, KvPart.VALUES, 0, 1, 272, 280, MemorySegment.ofArray(new byte[1000])))
        .isInstanceOf(KvCellException.class).hasMessageStartingWith("page 17, layer 0, keys: ");
  }

  /** A profile of a plain transform, with deviations of its own. */
  private record Profile(float deviation) implements CoefficientModels {
    @Override
    public CoefficientModel model(int layer, boolean keys, int headGroup) {
      float[] deviations = new float[32];
      Arrays.fill(deviations, deviation);
      return new CoefficientModel(new IdentityTransform(32), new float[32], deviations);
    }

    @Override
    public byte[] hash() {
      return new byte[] {
        1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, (byte) (10 * deviation)};
    }
  }

  @Test
  void axesBeginWithAProfile() {
    KvSpec spec = PLAIN.withLearnedAxes();
    byte[][] files = new byte[2][];
    for (int i = 0; i < 2; i++) {
      Profile profile = new Profile(1 + i);
      KvCacheWriter writer = KvCodec.of(spec, KvRate.step(12, 12), profile).newSequence();
      writer.append(VIEW, 0, 160);
      files[i] = writer.page(9);
      KvCacheReader reader = KvCacheReader.open(MemorySegment.ofArray(writer.serialise()), spec, profile);
      assertThat(read(reader, 1, KvPart.VALUES, 0, 160)).isEqualTo(read(writer, 1, KvPart.VALUES, 0, 160));
    }
    assertThat(files[0]).isNotEqualTo(files[1]);
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    KvCodec codec = KvCodec.of(SPEC, KvRate.fixedBytes(4, 4));
    KvContext context = codec.learn(VIEW, 0, 100, 0);
    KvPageJob job = new KvPageJob(VIEW, 0, 0, 16, 0, 2, MemorySegment.ofArray(new byte[(int) codec.maxPageBytes()]));
    assertThat(codec.encodePages(context, 0, job)).isZero();
    assertThat(job.problem()).startsWith("pages on learned axes need those before them");
    assertThatThrownBy(() -> KvSpec.of("toy", 1, 16, 128, DType.BF16).withLearnedAxes())
        .hasMessageStartingWith("2048 channels of a cell are too many");
    assertThatThrownBy(() -> SPEC.withKeys(KvSpec.KeyForm.PRE_ROPE, "")).hasMessageContaining("no rotary embedding");
    assertThatThrownBy(() -> PLAIN.withRotary(KvRotary.of(1000, 18, Pairing.HALVES)))
        .hasMessage("9 rotated pairs in heads of 16");
    assertThatThrownBy(() -> KvRotary.of(1000, 7, Pairing.HALVES)).hasMessageContaining("7 dimensions");
    assertThatThrownBy(() -> KvRotary.of(new float[] {Float.NaN}, Pairing.HALVES)).hasMessage("a frequency is NaN");
  }

  @Test
  void oneStepIsOneErrorForAllPages() {
    float[] values = KvSamples.values(TOKENS, 64, 1);
    for (int i = 200 * 64; i < values.length; i++) {
      values[i] *= 4;
    }
    MemorySegment[] rows = {KvSamples.patterns(DType.F32, values)};
    KvSpec spec = KvSpec.of("toy", 1, 4, 16, DType.F32).withPages(20, 4);
    KvCacheWriter writer = KvCodec.of(spec, KvRate.step(10, 10)).newSequence();
    for (int from = 0; from < TOKENS; from += 150) {
      writer.append(KvView.rows(rows, rows, DType.F32, TOKENS, 4, 16, 16), from, 150);
    }
    byte[] decoded = new byte[4 * values.length];
    KvCacheReader.open(writer.serialise(), spec).read(0, KvPart.VALUES, 0, 4, 0, TOKENS, MemorySegment.ofArray(decoded));
    float[] floats = KvSamples.floats(DType.F32, MemorySegment.ofArray(decoded));
    double[] errors = new double[2];
    for (int i = 0; i < 100 * 64; i++) {
      errors[0] += Math.pow(values[i] - floats[i], 2);
      errors[1] += Math.pow(values[200 * 64 + i] - floats[200 * 64 + i], 2);
    }
    assertThat(errors[1] / errors[0]).isBetween(0.8, 1.5);
  }

  @Test
  void withoutLossThereAreNoAxes() {
    KvCacheWriter writer = written(SPEC, KvRate.lossless());
    writer.evict(0);
    assertThat(read(KvCacheReader.open(writer.serialise(), SPEC), 0, KvPart.KEYS, 200, 300))
        .isEqualTo(KvSamples.rows(SPEC, VIEW, 0, KvPart.KEYS, 200, 300).toArray(LittleEndian.BYTE));
  }
}
