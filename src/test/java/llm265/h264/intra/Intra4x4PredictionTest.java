package llm265.h264.intra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Intra4x4PredictionTest {
  private static final int STRIDE = PredictionFormulas.STRIDE;

  private final IntraEdge edge = new IntraEdge();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 6, 7, 8})
  void everySampleOfADirectionalModeFollowsItsEquation(int mode) {
    Random random = new Random(mode);
    for (int trial = 0; trial < 50; trial++) {
      boolean aboveRight = random.nextBoolean();
      short[] plane = PredictionFormulas.randomPlane(random, 8);
      PredictionFormulas.Neighbours n = PredictionFormulas.neighbours(plane, 4, aboveRight);
      edge.gather(plane, PredictionFormulas.offset(), STRIDE, 4, 4, 4, true, true, true, aboveRight);
      short[] predicted = new short[6 * 9];
      Intra4x4Prediction.predict(mode, edge, predicted, 11, 9, 8);
      for (int y = 0; y < 4; y++) {
        for (int x = 0; x < 4; x++) {
          assertThat(predicted[11 + 9 * y + x])
              .as("mode %d at (%d, %d)", mode, x, y)
              .isEqualTo((short) PredictionFormulas.predict4x4(mode, n, x, y));
        }
      }
      assertThat(predicted[10]).as("left of the block").isZero();
      assertThat(predicted[15]).as("right of the block").isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void dcAveragesTheSidesThatAreAvailable(int sides) {
    boolean left = (sides & 1) != 0;
    boolean above = (sides & 2) != 0;
    for (int bitDepth : new int[] {8, 10, 14}) {
      short[] plane = PredictionFormulas.randomPlane(new Random(sides), bitDepth);
      PredictionFormulas.Neighbours n = PredictionFormulas.neighbours(plane, 4, true);
      edge.gather(plane, PredictionFormulas.offset(), STRIDE, 4, 4, 4, left, above, left && above, above);
      short[] predicted = new short[16];
      Intra4x4Prediction.predict(IntraPredModes.DC, edge, predicted, 0, 4, bitDepth);
      assertThat(predicted).containsOnly((short) PredictionFormulas.dc(n, 4, left, above, bitDepth));
    }
  }

  @Test
  void samplesOfFourteenBitsDoNotOverflow() {
    short[] plane = new short[STRIDE * STRIDE];
    Arrays.fill(plane, (short) 16383);
    edge.gather(plane, PredictionFormulas.offset(), STRIDE, 4, 4, 4, true, true, true, true);
    for (int mode = 0; mode < 9; mode++) {
      short[] predicted = new short[16];
      Intra4x4Prediction.predict(mode, edge, predicted, 0, 4, 14);
      assertThat(predicted).as("mode %d", mode).containsOnly((short) 16383);
    }
  }
}
