package llm265.runtime.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.h264.MalformedStreamException;
import llm265.runtime.KvSamples;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.trinity.Trellis;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CellCodecTest {
  private static final int CHANNELS = 1024;
  private static final int TOKENS = 16;

  private static CellFormat format(int channels, DType type) {
    return format(channels, type, false);
  }

  private static CellFormat format(int channels, DType type, boolean hasPictures) {
    return new CellFormat(channels, type, Trellis.of(3), hasPictures);
  }

  private static CellModel learned(float[] rows, int channels) {
    ModelLearner learner = new ModelLearner(channels, null, null);
    learner.add(rows, 0, rows.length / channels, 0);
    return learner.model();
  }

  private static MemorySegment decode(CellFormat format, CellModel model, byte[] body, int tokens) {
    MemorySegment out = MemorySegment.ofArray(new byte[format.rawBytes(tokens)]);
    new CellDecoder(format, tokens).decode(model, null, body, null, tokens, 0, out);
    return out;
  }

  private static byte[] encode(CellFormat format, CellModel model, MemorySegment patterns, int tokens, CellTarget target) {
    return new CellEncoder(format, tokens).encode(model, null, patterns, tokens, 0, target, false).body();
  }

  @ParameterizedTest
  @CsvSource({"1.5, 17.5", "2, 20.5", "3, 26.5", "4, 32.5", "6, 44"})
  void keysAreFarBetterThanWithoutAModel(double bits, double least) {
    float[] keys = KvSamples.keys(512, CHANNELS, 1);
    CellFormat format = format(CHANNELS, DType.F32);
    CellModel model = learned(keys, CHANNELS);
    int most = (int) (bits * TOKENS * CHANNELS / 8);
    float[] page = Arrays.copyOf(keys, TOKENS * CHANNELS);
    byte[] body = encode(format, model, KvSamples.patterns(DType.F32, page), TOKENS, new CellTarget.Most(most, true));
    assertThat(body.length).isBetween((int) (0.98 * most), most);
    assertThat(KvSamples.snr(page, KvSamples.floats(DType.F32, decode(format, model, body, TOKENS)))).isGreaterThan(least);
  }

  @Test
  void classesOfTokensCarryTheirScales() {
    float[] values = KvSamples.values(256, CHANNELS, 2);
    CellFormat format = format(CHANNELS, DType.F32);
    CellModel model = learned(values, CHANNELS);
    assertThat(model.transformsTokens()).isFalse();
    float[] page = Arrays.copyOf(values, TOKENS * CHANNELS);
    byte[] body =
        encode(format, model, KvSamples.patterns(DType.F32, page), TOKENS, new CellTarget.Most(6144, true));
    assertThat(body[0] & CellFormat.ROWS_FLAG).isNotZero();
    assertThat(KvSamples.snr(page, KvSamples.floats(DType.F32, decode(format, model, body, TOKENS)))).isGreaterThan(17);
  }

  @Test
  void whatIsBesideTheCodeIsNextToNothing() {
    float[] values = KvSamples.values(256, CHANNELS, 2);
    CellFormat format = format(CHANNELS, DType.F32);
    CellModel model = learned(values, CHANNELS);
    float[] zeros = new float[TOKENS * CHANNELS];
    byte[] body = encode(format, model, KvSamples.patterns(DType.F32, zeros), TOKENS, new CellTarget.About(6144));
    // Nothing but what a cell always has.
    assertThat(8.0 * body.length / zeros.length).isLessThan(0.03);
  }

  @ParameterizedTest
  @ValueSource(doubles = {10, 20, 35, 50})
  void aQualityIsMet(double decibels) {
    float[] keys = KvSamples.keys(64, CHANNELS, 3);
    CellFormat format = format(CHANNELS, DType.F32);
    CellModel model = learned(keys, CHANNELS);
    byte[] body = encode(format, model, KvSamples.patterns(DType.F32, keys), 64, new CellTarget.Snr(decibels));
    assertThat(KvSamples.snr(keys, KvSamples.floats(DType.F32, decode(format, model, body, 64))))
        .isCloseTo(decibels, within(0.3));
  }

  @Property(tries = 80)
  void anythingFitsIntoABoundAndWhatIsNotFiniteComesBack(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int tokens, @ForAll @IntRange(min = 1, max = 70) int channels,
      @ForAll @IntRange(max = 6) int kind, @ForAll @IntRange(min = 3, max = 9) int bits) {
    Random random = new Random(seed);
    DType[] types = {DType.F32, DType.F16, DType.BF16, DType.F8_E4M3, DType.F8_E5M2};
    DType type = types[random.nextInt(types.length)];
    CellFormat format = format(channels, type, random.nextBoolean());
    CellModel model = learned(KvSamples.keys(30, channels, seed), channels);
    MemorySegment patterns = patterns(kind, random, type, tokens * channels);
    int most = bits * tokens * channels / 8 + 16 + 8 * tokens;
    byte[] body = encode(format, model, patterns, tokens, new CellTarget.Most(most, random.nextBoolean()));
    assertThat(body.length).isLessThanOrEqualTo(most);
    float[] values = KvSamples.floats(type, patterns);
    float[] decoded = KvSamples.floats(type, decode(format, model, body, tokens));
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        assertThat(Float.compare(decoded[i], values[i])).isZero();
      }
    }
  }

  /** Values of kinds that go wrong easily. */
  private static MemorySegment patterns(int kind, Random random, DType type, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = switch (kind) {
        case 0 -> 0;
        case 1 -> (float) random.nextGaussian();
        case 2 -> (float) (random.nextGaussian() * Math.pow(2, random.nextInt(200) - 100));
        case 3 -> random.nextInt(9) == 0 ? Float.NaN : (float) random.nextGaussian();
        case 4 -> random.nextInt(3) == 0 ? Float.NEGATIVE_INFINITY : random.nextInt(3) == 0 ? Float.POSITIVE_INFINITY : 3e38f;
        case 5 -> Float.MIN_VALUE * random.nextInt(5);
        default -> 3.4e38f * (random.nextBoolean() ? 1 : -1);
      };
    }
    return KvSamples.patterns(type, values);
  }

  @Property(tries = 30)
  void withoutLossEveryBitComesBack(@ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int tokens) {
    Random random = new Random(seed);
    byte[] bytes = new byte[tokens * 48 * 2];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      Arrays.fill(bytes, (byte) random.nextInt());
    }
    CellFormat format = format(48, DType.BF16);
    CellModel model = ModelLearner.unknown(48, null);
    byte[] body = encode(format, model, MemorySegment.ofArray(bytes), tokens, new CellTarget.Lossless());
    assertThat(body.length).isLessThanOrEqualTo(bytes.length + 1);
    assertThat(decode(format, model, body, tokens).mismatch(MemorySegment.ofArray(bytes))).isNegative();
  }

  @Test
  void payloadsOfNaNComeBackBitByBit() {
    float[] keys = KvSamples.keys(TOKENS, 64, 4);
    MemorySegment patterns = KvSamples.patterns(DType.BF16, keys);
    short[] odd = {(short) 0x7FC1, (short) 0xFFFF, (short) 0x7F80, (short) 0x7F81};
    for (int i = 0; i < odd.length; i++) {
      patterns.set(LittleEndian.SHORT, 2L * 100 * i, odd[i]);
    }
    CellFormat format = format(64, DType.BF16);
    CellModel model = learned(keys, 64);
    MemorySegment decoded =
        decode(format, model, encode(format, model, patterns, TOKENS, new CellTarget.Most(600, true)), TOKENS);
    for (int i = 0; i < odd.length; i++) {
      assertThat(decoded.get(LittleEndian.SHORT, 2L * 100 * i)).isEqualTo(odd[i]);
    }
    assertThatThrownBy(() -> new CellEncoder(format, TOKENS).encode(
        model, null, patterns, TOKENS, 0, new CellTarget.Most(600, true), true)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void largeCellsAreSeveralChunks() {
    float[] keys = KvSamples.keys(160, CHANNELS, 5);
    CellFormat format = format(CHANNELS, DType.F32);
    CellModel model = learned(keys, CHANNELS);
    byte[] body = encode(format, model, KvSamples.patterns(DType.F32, keys), 160, new CellTarget.About(61_440));
    assertThat(body.length).isCloseTo(61_440, within(900));
    assertThat(KvSamples.snr(keys, KvSamples.floats(DType.F32, decode(format, model, body, 160)))).isGreaterThan(26);
  }

  @Property(tries = 100)
  void damageIsRefusedOrDecodesToSomething(@ForAll long seed) {
    Random random = new Random(seed);
    CellFormat format = format(24, DType.F16, random.nextBoolean());
    float[] keys = KvSamples.keys(TOKENS, 24, seed);
    CellModel model = learned(keys, 24);
    CellTarget[] targets = {
      new CellTarget.Most(150, true), new CellTarget.Lossless(), new CellTarget.Snr(30), new CellTarget.Most(180, false)};
    byte[] body = encode(format, model, KvSamples.patterns(DType.F16, keys), TOKENS, targets[random.nextInt(4)]);
    int mutations = 1 + random.nextInt(4);
    for (int i = 0; i < mutations; i++) {
      body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
    }
    if (random.nextInt(4) == 0) {
      body = Arrays.copyOf(body, random.nextInt(body.length + 20));
    }
    try {
      decode(format, model, body, TOKENS);
    } catch (MalformedStreamException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @Test
  void modelsAreReadAsTheyAreWritten() {
    for (float[] rows : new float[][] {
        KvSamples.keys(64, 300, 6), KvSamples.values(64, 300, 6), KvSamples.keys(2, 300, 6), new float[600]}) {
      CellModel model = learned(rows, 300);
      PayloadWriter out = new PayloadWriter();
      ModelRecord.write(model, false, out);
      byte[] bytes = out.toByteArray();
      CellModel read =
          ModelRecord.read(new PayloadReader(bytes, 0, bytes.length), 300, null, null);
      assertThat(read.means()).containsExactly(model.means());
      assertThat(read.expected(16)).containsExactly(model.expected(16));
      assertThat(read.transformsTokens()).isEqualTo(model.transformsTokens());
    }
  }
}
