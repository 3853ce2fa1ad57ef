package llm265.h264.intra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Intra8x8PredictionTest {
  private static final int STRIDE = PredictionFormulas.STRIDE;

  private final IntraEdge edge = new IntraEdge();
  private final Intra8x8Prediction prediction = new Intra8x8Prediction();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 6, 7, 8})
  void everySampleOfADirectionalModeFollowsItsEquationWhateverIsAvailable(int mode) {
    Random random = new Random(mode);
    for (int available = 0; available < 16; available++) {
      boolean left = (available & 1) != 0;
      boolean above = (available & 2) != 0;
      boolean corner = (available & 4) != 0;
      boolean aboveRight = (available & 8) != 0;
      if (!IntraPredModes.isPossibleNxN(mode, left, above, corner)) {
        continue;
      }
      for (int trial = 0; trial < 20; trial++) {
        short[] plane = PredictionFormulas.randomPlane(random, 8);
        PredictionFormulas.Neighbours n =
            PredictionFormulas.filtered(
                PredictionFormulas.neighbours(plane, 8, aboveRight), left, above, corner);
        edge.gather(plane, PredictionFormulas.offset(), STRIDE, 8, 8, 8, left, above, corner, aboveRight);
        prediction.filter(edge);
        short[] predicted = new short[64];
        prediction.predict(mode, predicted, 0, 8, 8);
        for (int y = 0; y < 8; y++) {
          for (int x = 0; x < 8; x++) {
            assertThat(predicted[8 * y + x])
                .as("mode %d at (%d, %d), available %d", mode, x, y, available)
                .isEqualTo((short) PredictionFormulas.predict8x8(mode, n, x, y));
          }
        }
      }
    }
  }

  @Test
  void dcAveragesTheFilteredSidesThatAreAvailable() {
    for (int available = 0; available < 16; available++) {
      boolean left = (available & 1) != 0;
      boolean above = (available & 2) != 0;
      boolean corner = (available & 4) != 0;
      boolean aboveRight = (available & 8) != 0;
      short[] plane = PredictionFormulas.randomPlane(new Random(available), 10);
      PredictionFormulas.Neighbours n =
          PredictionFormulas.filtered(PredictionFormulas.neighbours(plane, 8, aboveRight), left, above, corner);
      edge.gather(plane, PredictionFormulas.offset(), STRIDE, 8, 8, 8, left, above, corner, aboveRight);
      prediction.filter(edge);
      short[] predicted = new short[64];
      prediction.predict(IntraPredModes.DC, predicted, 0, 8, 10);
      assertThat(predicted)
          .as("available %d", available)
          .containsOnly((short) PredictionFormulas.dc(n, 8, left, above, 10));
    }
  }
}
