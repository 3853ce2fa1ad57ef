package llm265.trinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LawTest {

  /** Frequencies check themselves: sums, multiples of units, an escape. */
  @ParameterizedTest
  @EnumSource
  void everyLawHasFrequencies(Alphabet alphabet) {
    for (int width = 0; width <= Law.GREATEST_WIDTH; width += 3) {
      for (int shape = Law.LEAST_SHAPE; shape <= Law.GREATEST_SHAPE; shape += 4) {
        for (int zero = 0; zero <= 15; zero += 5) {
          Law law = new Law(alphabet, width, shape, zero - 8, zero, zero / 2 - 4);
          TokenTables tables = new TokenTables(law.frequencies());
          int[] slots = new int[2 * TokenTables.SLOTS];
          tables.copySlots(slots, 0);
          // Each slot of each quantizer has a place of its own.
          for (int q = 0; q < 2; q++) {
            long sum = 0;
            for (int i = 0; i < TokenTables.SLOTS; i++) {
              sum += slots[q * TokenTables.SLOTS + i];
            }
            assertThat(sum).isEqualTo(TokenTables.SLOTS * (TokenTables.SLOTS - 1) / 2);
          }
        }
      }
    }
  }

  @Test
  void logarithmsAndPowersAreThoseOfMathematics() {
    for (int n = 1; n < 1 << 28; n += n / 4 + 1) {
      assertThat(BinaryLogarithm.log2(n) / 65536.0).isCloseTo(Math.log(n) / Math.log(2), within(4e-5));
    }
    for (int x = -20 << 16; x < 8 << 16; x += 7919) {
      assertThat(BinaryLogarithm.exp2(x) / 0x1p30)
          .isCloseTo(Math.pow(2, x / 65536.0), within(Math.pow(2, x / 65536.0) * 1e-7 + 2e-9));
    }
    assertThat(BinaryLogarithm.exp2(-63L << 16)).isZero();
  }

  @Test
  void theLawOfAFitIsThatOfTheValues() {
    Random random = new Random(1);
    Histogram histogram = new Histogram(1);
    for (int i = 0; i < 100_000; i++) {
      double magnitude = Math.abs(random.nextGaussian()) * 5;
      int q = random.nextInt(2);
      histogram.add(0, q, (int) Math.round((magnitude + q) / 2));
    }
    Law law = new LawFit(histogram, 0).from(new Law(Alphabet.NARROW, 40, 10, 0, 3, 0));
    // 12 log2(sqrt(2) 5) + 36, of values of deviation 5.
    assertThat(law.width()).isBetween(67, 73);
    assertThat(law.shape()).isBetween(14, 18);
    LawFit fit = new LawFit(histogram, 0);
    assertThat(fit.bits(law.frequencies())).isLessThan(fit.bits(counted(histogram)) * 1.005);
  }

  /** Frequencies in proportion to the counts themselves. */
  private static TokenFrequencies counted(Histogram histogram) {
    long[] weights = new long[2 * Alphabet.TOKENS];
    for (int q = 0; q < 2; q++) {
      for (int k = 0; k <= Histogram.GREATEST; k++) {
        weights[q * Alphabet.TOKENS + Alphabet.NARROW.token(k)] += histogram.count(0, q, k);
      }
    }
    return TokenFrequencies.of(Alphabet.NARROW, weights);
  }
}
