package llm265.h264.intra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntraEdgeTest {
  private static final int CORNER = IntraEdge.CORNER;

  @Test
  void samplesRunFromTheLowestLeftOverTheCornerToTheRightmostAbove() {
    short[] plane = PredictionFormulas.randomPlane(new Random(1), 8);
    PredictionFormulas.Neighbours n = PredictionFormulas.neighbours(plane, 8, true);
    IntraEdge edge = new IntraEdge();
    edge.gather(plane, PredictionFormulas.offset(), PredictionFormulas.STRIDE, 8, 8, 8, true, true, true, true);
    for (int y = 0; y < 8; y++) {
      assertThat(edge.samples[CORNER - 1 - y]).isEqualTo((short) n.p(-1, y));
    }
    assertThat(edge.samples[CORNER]).isEqualTo((short) n.p(-1, -1));
    for (int x = 0; x < 16; x++) {
      assertThat(edge.samples[CORNER + 1 + x]).isEqualTo((short) n.p(x, -1));
    }
  }

  @Test
  void theLastSampleAboveStandsForMissingOnesAboveRight() {
    short[] plane = PredictionFormulas.randomPlane(new Random(2), 8);
    PredictionFormulas.Neighbours n = PredictionFormulas.neighbours(plane, 4, true);
    IntraEdge edge = new IntraEdge();
    edge.gather(plane, PredictionFormulas.offset(), PredictionFormulas.STRIDE, 4, 4, 4, true, true, true, false);
    assertThat(Arrays.copyOfRange(edge.samples, CORNER + 5, CORNER + 9)).containsOnly((short) n.p(3, -1));
  }

  @Test
  void nothingOutsideThePictureIsReadForTheFirstBlock() {
    IntraEdge edge = new IntraEdge();
    Arrays.fill(edge.samples, (short) 77);
    edge.gather(new short[16], 0, 4, 4, 4, 4, false, false, false, false);
    assertThat(edge.samples).as("samples that are not available are not written").containsOnly((short) 77);
  }
}
