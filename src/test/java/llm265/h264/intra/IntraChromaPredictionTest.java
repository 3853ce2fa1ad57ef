package llm265.h264.intra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntraChromaPredictionTest {
  private static final int STRIDE = PredictionFormulas.STRIDE;

  private final IntraEdge edge = new IntraEdge();

  private short[] predict(int mode, int height, short[] plane, boolean left, boolean above, int bitDepth) {
    edge.gather(plane, PredictionFormulas.offset(), STRIDE, 8, height, 0, left, above, left && above, false);
    short[] predicted = new short[8 * height];
    IntraChromaPrediction.predict(mode, height, edge, predicted, 0, 8, bitDepth);
    return predicted;
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void dcOfEachBlockTakesTheSidesThatItsPlacePrefers(int height) {
    short[] plane = PredictionFormulas.randomPlane(new Random(height), 8);
    PredictionFormulas.Neighbours n = PredictionFormulas.neighbours(plane, 16, true);
    for (int sides = 0; sides < 4; sides++) {
      boolean left = (sides & 1) != 0;
      boolean above = (sides & 2) != 0;
      short[] predicted = predict(IntraPredModes.CHROMA_DC, height, plane, left, above, 8);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < 8; x++) {
          assertThat((int) predicted[8 * y + x])
              .as("(%d, %d), sides %d", x, y, sides)
              .isEqualTo(chromaDc(n, x & ~3, y & ~3, left, above));
        }
      }
    }
  }

  /** 8.3.4.1 to 8.3.4.3, with the order of preference written out. */
  private static int chromaDc(PredictionFormulas.Neighbours n, int xO, int yO, boolean left, boolean above) {
    int sumAbove = 0;
    int sumLeft = 0;
    for (int i = 0; i < 4; i++) {
      sumAbove += n.p(xO + i, -1);
      sumLeft += n.p(-1, yO + i);
    }
    if ((xO == 0 && yO == 0) || (xO > 0 && yO > 0)) {
      if (left && above) {
        return (sumAbove + sumLeft + 4) >> 3;
      }
      return left ? (sumLeft + 2) >> 2 : above ? (sumAbove + 2) >> 2 : 128;
    }
    if (xO > 0) {
      return above ? (sumAbove + 2) >> 2 : left ? (sumLeft + 2) >> 2 : 128;
    }
    return left ? (sumLeft + 2) >> 2 : above ? (sumAbove + 2) >> 2 : 128;
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void verticalAndHorizontalRepeatTheirSide(int height) {
    short[] plane = PredictionFormulas.randomPlane(new Random(height), 8);
    PredictionFormulas.Neighbours n = PredictionFormulas.neighbours(plane, 16, true);
    short[] vertical = predict(IntraPredModes.CHROMA_VERTICAL, height, plane, false, true, 8);
    short[] horizontal = predict(IntraPredModes.CHROMA_HORIZONTAL, height, plane, true, false, 8);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < 8; x++) {
        assertThat(vertical[8 * y + x]).isEqualTo((short) n.p(x, -1));
        assertThat(horizontal[8 * y + x]).isEqualTo((short) n.p(-1, y));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void planeFollowsItsEquations(int height) {
    int yCF = height == 16 ? 4 : 0;
    Random random = new Random(height);
    for (int trial = 0; trial < 50; trial++) {
      short[] plane = PredictionFormulas.randomPlane(random, 8);
      PredictionFormulas.Neighbours n = PredictionFormulas.neighbours(plane, 16, true);
      short[] predicted = predict(IntraPredModes.CHROMA_PLANE, height, plane, true, true, 8);
      int h = 0;
      for (int k = 0; k <= 3; k++) {
        h += (k + 1) * (n.p(4 + k, -1) - n.p(2 - k, -1));
      }
      int v = 0;
      for (int k = 0; k <= 3 + yCF; k++) {
        v += (k + 1) * (n.p(-1, 4 + yCF + k) - n.p(-1, 2 + yCF - k));
      }
      int a = 16 * (n.p(-1, height - 1) + n.p(7, -1));
      int b = (34 * h + 32) >> 6;
      int c = ((height == 16 ? 34 - 29 : 34) * v + 32) >> 6;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < 8; x++) {
          int value = (a + b * (x - 3) + c * (y - 3 - yCF) + 16) >> 5;
          assertThat((int) predicted[8 * y + x]).isEqualTo(Math.max(0, Math.min(255, value)));
        }
      }
    }
  }
}
