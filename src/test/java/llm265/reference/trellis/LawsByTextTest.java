package llm265.reference.trellis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import llm265.trinity.Alphabet;
import llm265.trinity.Law;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The frequencies of laws are those that the integers of SPEC.md, "Laws" give. */
class LawsByTextTest {
  private static void compare(int alphabet, int width, int shape, int firstZero, int secondZero, int firstOne) {
    int[][] text = TextLaw.computed(alphabet, width, shape, firstZero, secondZero, firstOne).frequencies;
    Law law = new Law(
        Alphabet.values()[alphabet], width, shape, firstZero - Law.ZERO_BIAS, secondZero, firstOne - Law.ONE_BIAS);
    assertThat(law.frequencies().counts())
        .as("%s", law)
        .isEqualTo(IntStream.concat(IntStream.of(text[0]), IntStream.of(text[1])).toArray());
  }

  private static void compareMany(long seed, int count) {
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      compare(random.nextInt(3), random.nextInt(160), 4 + random.nextInt(21), random.nextInt(16), random.nextInt(16),
          random.nextInt(8));
    }
  }

  @Test
  void anyLaw() {
    compareMany(1, 1000);
  }

  @Test
  void lawsAtTheLimits() {
    for (int alphabet = 0; alphabet < 3; alphabet++) {
      for (int corner = 0; corner < 32; corner++) {
        compare(alphabet, corner % 2 * 159, 4 + corner / 2 % 2 * 20, corner / 4 % 2 * 15, corner / 8 % 2 * 15, corner / 16 * 7);
      }
    }
  }

  @Test
  @Tag("long")
  void manyLaws() {
    compareMany(Long.getLong("llm265.fuzz.seed", 1_000_000), 100_000);
  }
}
