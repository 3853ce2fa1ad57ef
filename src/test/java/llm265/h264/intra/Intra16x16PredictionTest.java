package llm265.h264.intra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Intra16x16PredictionTest {
  private static final int STRIDE = PredictionFormulas.STRIDE;

  private final IntraEdge edge = new IntraEdge();

  private short[] predict(int mode, short[] plane, boolean left, boolean above, int bitDepth) {
    edge.gather(plane, PredictionFormulas.offset(), STRIDE, 16, 16, 0, left, above, left && above, false);
    short[] predicted = new short[18 * 16];
    Intra16x16Prediction.predict(mode, edge, predicted, 1, 18, bitDepth);
    return predicted;
  }

  @Test
  void verticalAndHorizontalRepeatTheirSide() {
    short[] plane = PredictionFormulas.randomPlane(new Random(1), 8);
    PredictionFormulas.Neighbours n = PredictionFormulas.neighbours(plane, 16, true);
    short[] vertical = predict(IntraPredModes.VERTICAL, plane, false, true, 8);
    short[] horizontal = predict(IntraPredModes.HORIZONTAL, plane, true, false, 8);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        assertThat(vertical[1 + 18 * y + x]).isEqualTo((short) n.p(x, -1));
        assertThat(horizontal[1 + 18 * y + x]).isEqualTo((short) n.p(-1, y));
      }
    }
  }

  @Test
  void dcAveragesTheSidesThatAreAvailable() {
    short[] plane = PredictionFormulas.randomPlane(new Random(2), 9);
    PredictionFormulas.Neighbours n = PredictionFormulas.neighbours(plane, 16, true);
    for (int sides = 0; sides < 4; sides++) {
      boolean left = (sides & 1) != 0;
      boolean above = (sides & 2) != 0;
      short[] predicted = predict(IntraPredModes.DC, plane, left, above, 9);
      int expected = PredictionFormulas.dc(n, 16, left, above, 9);
      for (int i = 0; i < 256; i++) {
        assertThat((int) predicted[1 + 18 * (i >> 4) + (i & 15)]).isEqualTo(expected);
      }
    }
  }

  @Test
  void planeFollowsItsEquationsAndClips() {
    Random random = new Random(3);
    int clipped = 0;
    for (int trial = 0; trial < 100; trial++) {
      short[] plane = trial % 2 == 0 ? PredictionFormulas.randomPlane(random, 8) : ramp(random);
      PredictionFormulas.Neighbours n = PredictionFormulas.neighbours(plane, 16, true);
      short[] predicted = predict(IntraPredModes.PLANE_16X16, plane, true, true, 8);
      int h = 0;
      int v = 0;
      for (int k = 0; k <= 7; k++) {
        h += (k + 1) * (n.p(8 + k, -1) - n.p(6 - k, -1));
        v += (k + 1) * (n.p(-1, 8 + k) - n.p(-1, 6 - k));
      }
      int a = 16 * (n.p(-1, 15) + n.p(15, -1));
      int b = (5 * h + 32) >> 6;
      int c = (5 * v + 32) >> 6;
      for (int y = 0; y < 16; y++) {
        for (int x = 0; x < 16; x++) {
          int value = (a + b * (x - 7) + c * (y - 7) + 16) >> 5;
          clipped += value < 0 || value > 255 ? 1 : 0;
          assertThat((int) predicted[1 + 18 * y + x]).isEqualTo(Math.max(0, Math.min(255, value)));
        }
      }
    }
    assertThat(clipped).as("samples that had to be clipped").isPositive();
  }

  /** A steep gradient, whose plane leaves the range of samples. */
  private static short[] ramp(Random random) {
    short[] plane = new short[STRIDE * STRIDE];
    int slopeX = random.nextInt(33) - 16;
    int slopeY = random.nextInt(33) - 16;
    for (int y = 0; y < STRIDE; y++) {
      for (int x = 0; x < STRIDE; x++) {
        int value = 128 + slopeX * (x - 28) + slopeY * (y - 28);
        plane[y * STRIDE + x] = (short) Math.max(0, Math.min(255, value));
      }
    }
    return plane;
  }
}
