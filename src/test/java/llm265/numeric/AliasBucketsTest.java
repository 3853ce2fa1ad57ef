package llm265.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AliasBucketsTest {
  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void eachTokenHasAsManySlotsAsItsFrequency(int tokens) {
    Random random = new Random(tokens);
    int bucketSlots = 4096 / tokens;
    for (int round = 0; round < 200; round++) {
      int[] frequencies = new int[tokens];
      for (int i = 0; i < 4096; i++) {
        frequencies[(int) (tokens * Math.pow(random.nextDouble(), 1 + round % 7))]++;
      }
      boolean[][] taken = new boolean[tokens][4096];
      boolean[] filled = new boolean[tokens];
      AliasBuckets.divide(frequencies, bucketSlots, (bucket, below, giver, giversFirst, ownFirst) -> {
        assertThat(filled[bucket]).isFalse();
        filled[bucket] = true;
        for (int place = 0; place < bucketSlots; place++) {
          int token = place < below ? giver : bucket;
          int number = place < below ? giversFirst + place : ownFirst + place - below;
          assertThat(number).isLessThan(frequencies[token]);
          assertThat(taken[token][number]).isFalse();
          taken[token][number] = true;
        }
      });
      assertThat(filled).doesNotContain(false);
      assertThat(Arrays.stream(frequencies).sum()).isEqualTo(tokens * bucketSlots);
    }
  }
}
