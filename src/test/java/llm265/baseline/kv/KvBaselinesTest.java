package llm265.baseline.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KvBaselinesTest {
  private static final int TOKENS = 2048;
  private static final KvShape SHAPE = new KvShape(1, 1, 128);
  private static final float[] GAUSS = gauss(TOKENS * 128, 1);

  static float[] gauss(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private record Read(float[] keys, float[] values, KvSize size) {}

  private static Read read(KvMethod method, KvShape shape, float[] keys, float[] values) {
    KvStore store = method.begin(shape);
    int tokens = keys.length / shape.width();
    store.append(0, tokens, keys, values);
    store.advance(tokens);
    float[] readKeys = new float[keys.length];
    float[] readValues = new float[keys.length];
    store.read(0, 0, tokens, readKeys, readValues);
    return new Read(readKeys, readValues, store.size());
  }

  private static double snr(float[] raw, float[] read) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < raw.length; i++) {
      signal += (double) raw[i] * raw[i];
      noise += ((double) read[i] - raw[i]) * ((double) read[i] - raw[i]);
    }
    return 10 * Math.log10(signal / noise);
  }

  /** What normal values must come to, of formulas that were evaluated elsewhere. */
  @ParameterizedTest
  @CsvSource({
    "kivi2, 3.0, 8.11", "kivi4, 5.0, 22.13", "kv4, 4.25, 20.01", "rtn2g32, 3.0, 8.11", "q4_0, 4.5, 21.31", "q5_0, 5.5, 27.39",
    "q8_0, 8.5, 45.43", "q4_0-hadamard, 4.5, 21.31", "turboquant1, 1.125, 4.43", "turboquant2, 2.125, 9.37",
    "turboquant3, 3.125, 14.69", "turboquant4, 4.125, 20.31"
  })
  void normalValuesHaveTheSnrOfTheFormat(String name, double bits, double snr) {
    Read read = read(KvBaselines.of(name, true), SHAPE, GAUSS, GAUSS);
    assertThat(read.size.bitsPerValue()).isEqualTo(bits);
    assertThat(snr(GAUSS, read.keys)).isCloseTo(snr, within(0.08));
    assertThat(snr(GAUSS, read.values)).isCloseTo(snr, within(0.08));
  }

  @Test
  void kiviGroupsKeysByChannelAndValuesByToken() {
    float[] rows = GAUSS.clone();
    for (int i = 0; i < rows.length; i += 128) {
      rows[i + 5] = 300;
      rows[i + 6] = i / 128 / 32 % 2;
    }
    Read read = read(KvBaselines.of("kivi2", true), SHAPE, rows, rows);
    for (int i = 0; i < rows.length; i += 128) {
      // Constant over 32 tokens, and so exact; among channels it takes the range of its group.
      assertThat(read.keys[i + 5]).isEqualTo(300);
      assertThat(read.keys[i + 6]).isEqualTo(rows[i + 6]);
      assertThat(read.values[i + 6]).isNotEqualTo(1);
    }
    assertThat(snr(rows, read.keys)).isGreaterThan(30);
  }

  @Test
  void kiviKeepsTheLastTokensExactly() {
    KvStore store = KvBaselines.of("kivi2r32", false).begin(SHAPE);
    int tokens = 0;
    float[] keys = new float[200 * 128];
    float[] values = new float[200 * 128];
    for (; tokens < 110; tokens++) {
      float[] token = new float[128];
      System.arraycopy(GAUSS, tokens * 128, token, 0, 128);
      store.append(0, 1, token, token);
      store.advance(1);
    }
    store.read(0, 0, tokens, keys, values);
    // Keys in whole residuals of 32: 96 of 110 are coded; of values all but the last 32.
    assertThat(exact(keys, tokens)).isEqualTo(110 - 96);
    assertThat(exact(values, tokens)).isEqualTo(32);
    double expected = (96 * 3.0 + 14 * 16 + 78 * 3.0 + 32 * 16) / 220;
    assertThat(store.size().bitsPerValue()).isCloseTo(expected, within(1e-9));
    assertThat(store.length()).isEqualTo(110);
  }

  /** Number of last tokens that are as they were. */
  private static int exact(float[] rows, int tokens) {
    int exact = 0;
    while (exact < tokens && Arrays.equals(
        rows, (tokens - 1 - exact) * 128, (tokens - exact) * 128, GAUSS, (tokens - 1 - exact) * 128, (tokens - exact) * 128)) {
      exact++;
    }
    return exact;
  }

  @Test
  void correctedNormsAreExact() {
    float[] rows = gauss(128 * 64, 9);
    for (boolean corrected : new boolean[] {false, true}) {
      Read read = read(KvBaselines.of(corrected ? "turboquant2nc" : "turboquant2", true), SHAPE, rows, rows);
      double worst = 0;
      for (int at = 0; at < rows.length; at += 128) {
        double before = 0;
        double after = 0;
        for (int i = at; i < at + 128; i++) {
          before += rows[i] * rows[i];
          after += read.keys[i] * read.keys[i];
        }
        worst = Math.max(worst, Math.abs(Math.sqrt(after / before) - 1));
      }
      assertThat(worst).isBetween(corrected ? 0 : 0.03, corrected ? 0.001 : 1);
    }
  }

  @Test
  void rotationSpreadsAChannelThatStandsOut() {
    float[] rows = GAUSS.clone();
    for (int i = 17; i < rows.length; i += 128) {
      rows[i] *= 30;
    }
    Read plain = read(KvBaselines.of("kv4", true), SHAPE, rows, rows);
    Read rotated = read(KvBaselines.of("quarot4", true), SHAPE, rows, rows);
    assertThat(snr(rows, rotated.keys)).isGreaterThan(snr(rows, plain.keys) + 1.5);
    assertThat(rotated.size).isEqualTo(plain.size);
  }

  @Test
  void shortBlocksAndZerosCount() {
    KvShape shape = new KvShape(1, 2, 20);
    Read read = read(KvBaselines.of("q4_0", true), shape, new float[80], new float[80]);
    assertThat(read.size.coded()).isEqualTo(2 * 2 * 2 * 18 * 8);
    assertThat(read.keys).containsOnly(0);
    assertThat(read(KvBaselines.of("turboquant3nc", true), shape, new float[80], new float[80]).keys).containsOnly(0);
    assertThat(read(KvBaselines.of("kv3", true), shape, new float[80], new float[80]).keys).containsOnly(0);
  }

  @Test
  void namesThatMeanNothingAreRefused() {
    for (String name : new String[] {"zip", "kivi", "kivi9", "kivi0", "turboquant5", "kv4nc", "quarot4r3", "rtn4", "q4_1"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> KvBaselines.of(name, true))
          .withMessageStartingWith("no method '" + name + "'; there are kivi{b}");
    }
  }
}
